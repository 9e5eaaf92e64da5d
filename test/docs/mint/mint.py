# python3 mint.py alice
import base64, hashlib, hmac, json, os, pathlib, sys, time, uuid


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


secret = os.environ.get("JWT_SECRET") or pathlib.Path("doorward.secret").read_text("utf-8").rstrip("\r\n")
now = int(time.time())
header = {"alg": "HS256", "typ": "JWT"}
claims = {"sub": sys.argv[1], "iat": now, "exp": now + 300, "jti": str(uuid.uuid4())}

signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
signature = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
print(signed + "." + base64url(signature))
