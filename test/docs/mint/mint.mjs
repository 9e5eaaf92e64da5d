// node mint.mjs alice
import { createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

const base64url = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");

const secret = process.env.JWT_SECRET || readFileSync("doorward.secret", "utf8").replace(/[\r\n]+$/, "");
const now = Math.floor(Date.now() / 1000);
const header = { alg: "HS256", typ: "JWT" };
const claims = { sub: process.argv[2], iat: now, exp: now + 300, jti: randomUUID() };

const signed = `${base64url(header)}.${base64url(claims)}`;
const signature = createHmac("sha256", secret).update(signed).digest("base64url");
console.log(`${signed}.${signature}`);
