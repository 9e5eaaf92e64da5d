// cargo run --quiet -- alice
use jsonwebtoken::{encode, EncodingKey, Header};
use serde_json::json;
use std::{env, error::Error, fs, time::SystemTime};
use uuid::Uuid;

fn main() -> Result<(), Box<dyn Error>> {
    let user = env::args().nth(1).ok_or("whose token?")?;
    let secret = env::var("JWT_SECRET").or_else(|_| fs::read_to_string("doorward.secret"))?;
    let key = EncodingKey::from_secret(secret.trim_end_matches(['\r', '\n']).as_bytes());
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let claims = json!({"sub": user, "iat": now, "exp": now + 300, "jti": Uuid::new_v4().to_string()});
    println!("{}", encode(&Header::default(), &claims, &key)?); // HS256
    Ok(())
}
