// Sessions by matrix-js-sdk, the library of Element Web.
//
//   node jssdk.mjs http://127.0.0.1:8008 JWT
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as after } from "node:timers/promises";
import { createClient, HttpApiEvent, InteractiveAuth } from "matrix-js-sdk";
import { logger } from "matrix-js-sdk/lib/logger.js";
import { program, refused, run } from "./steps.mjs";

logger.setLevel("silent");
const step = program("js-sdk");
const [baseUrl, jwt] = process.argv.slice(2);
const nobody = createClient({ baseUrl, logger });
const account = { username: `js-sdk-${randomBytes(4).toString("hex")}`, password: "correct hörse battery" };

await run(byJWT, byRefreshing, byRegistering, byPassword, devices, byLoginToken);

async function byJWT() {
  await step("JWT is among the login types", async () => {
    const { flows } = await nobody.loginFlows();
    assert.ok(flows.some((flow) => flow.type === "org.matrix.login.jwt"), JSON.stringify(flows));
  });
  const client = await step("login by JWT", () =>
    login({ type: "org.matrix.login.jwt", token: jwt, device_id: "JWT" }));
  await step("whoami", () => isSignedIn(client, "JWT"));
  await step("logout", () => client.logout());
  await step("the token is unknown afterwards", () => refused(client.whoami(), "M_UNKNOWN_TOKEN"));
}

async function byRefreshing() {
  const answer = await step("login by JWT with a refresh token", () =>
    nobody.loginRequest({ type: "org.matrix.login.jwt", token: jwt, device_id: "REFRESHED", refresh_token: true }));
  const first = session(answer);
  await step("whoami", () => isSignedIn(first, "REFRESHED"));
  await step("the expired token is a soft logout", () => expired(first, answer));
  const second = await step("refresh", async () =>
    session({ ...answer, ...(await first.refreshToken(answer.refresh_token)) }));
  await step("whoami with the new token", () => isSignedIn(second, "REFRESHED"));
  await step("the spent refresh token is refused", () =>
    refused(nobody.refreshToken(answer.refresh_token), "M_UNKNOWN_TOKEN"));
  await step("logout", () => second.logout());
  await step("the refresh token is refused afterwards", () =>
    refused(nobody.refreshToken(second.getRefreshToken()), "M_UNKNOWN_TOKEN"));
}

async function byRegistering() {
  await step("the user name is available", async () =>
    assert.equal(await nobody.isUsernameAvailable(account.username), true));
  const client = await step("register through UIA", async () =>
    session(await interactive(nobody, (auth) =>
      nobody.registerRequest({ ...account, device_id: "REGISTERED", auth }))));
  await step("whoami", () => isSignedIn(client, "REGISTERED"));
  await step("the user name is available no more", async () =>
    assert.equal(await nobody.isUsernameAvailable(account.username), false));
  await step("logout", () => client.logout());
}

async function byPassword() {
  await step("a wrong password is refused", () => refused(passwordLogin("PASSWORD", "wrong"), "M_FORBIDDEN"));
  const client = await step("login by password", () => passwordLogin("PASSWORD"));
  await step("whoami", () => isSignedIn(client, "PASSWORD"));
  await step("logout", () => client.logout());
  await step("the token is unknown afterwards", () => refused(client.whoami(), "M_UNKNOWN_TOKEN"));
}

async function devices() {
  const [laptop, phone] = await step("login on four devices at once", () =>
    Promise.all(["LAPTOP", "PHONE", "TABLET", "TELEVISION"].map((device) => passwordLogin(device))));
  await step("list devices", () => hasDevices(laptop, "LAPTOP", "PHONE", "TABLET", "TELEVISION"));
  await step("rename a device", async () => {
    await laptop.setDeviceDetails("PHONE", { display_name: "Alice's phone ☎" });
    assert.equal((await laptop.getDevice("PHONE")).display_name, "Alice's phone ☎");
  });
  await step("delete a device through UIA, with the second password", () =>
    interactive(laptop, (auth) => laptop.deleteDevice("PHONE", auth), "wrong", account.password));
  await step("its token is unknown afterwards", () => refused(phone.whoami(), "M_UNKNOWN_TOKEN"));
  await step("delete two devices through UIA", () =>
    interactive(laptop, (auth) => laptop.deleteMultipleDevices(["TABLET", "TELEVISION"], auth), account.password));
  await step("they are gone", () => hasDevices(laptop, "LAPTOP"));
  await step("logout", () => laptop.logout());
}

async function byLoginToken() {
  const old = await step("login by password", () => passwordLogin("OLD"));
  const { login_token: token } = await step("get a login token through UIA", () =>
    interactive(old, (auth) => old.requestLoginToken(auth), account.password));
  const client = await step("login by login token", () =>
    login({ type: "m.login.token", token, device_id: "NEW" }));
  await step("whoami", () => isSignedIn(client, "NEW", old.getUserId()));
  await step("the login token is good only once", () =>
    refused(login({ type: "m.login.token", token }), "M_FORBIDDEN"));
  await step("logout of both", () => Promise.all([client.logout(), old.logout()]));
}

// login returns the client of a new session.
async function login(request) {
  return session(await nobody.loginRequest({ initial_device_display_name: request.device_id, ...request }));
}

function passwordLogin(device_id, password = account.password) {
  const identifier = { type: "m.id.user", user: account.username };
  return login({ type: "m.login.password", identifier, password, device_id });
}

// session returns the client of a session that the server answered with.
function session(answer) {
  return createClient({
    baseUrl,
    logger,
    userId: answer.user_id,
    deviceId: answer.device_id,
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
  });
}

async function isSignedIn(client, device, user = client.getUserId()) {
  const { user_id, device_id } = await client.whoami();
  assert.deepEqual({ user_id, device_id }, { user_id: user, device_id: device });
}

async function hasDevices(client, ...want) {
  const { devices } = await client.getDevices();
  assert.deepEqual(devices.map((device) => device.device_id).sort(), want);
  for (const device of devices) {
    assert.ok(Math.abs(Date.now() - device.last_seen_ts) < 60_000, JSON.stringify(device));
  }
}

// expired waits as long as a login's answer says that the access token lives,
// and demands that its client is then told to keep the keys.
async function expired(client, { expires_in_ms }) {
  const told = new Promise((resolve) => client.once(HttpApiEvent.SessionLoggedOut, resolve));
  await after(expires_in_ms + 50);
  await refused(client.whoami(), "M_UNKNOWN_TOKEN");
  assert.equal((await told).data.soft_logout, true);
}

// interactive makes a request that the user has to confirm (User-Interactive
// Authentication), who types these passwords one after another. The library
// chooses the stages and repeats the request.
async function interactive(client, request, ...passwords) {
  const auth = new InteractiveAuth({
    matrixClient: client,
    supportedStages: ["m.login.password", "m.login.dummy"],
    doRequest: (answer) => request(answer ?? undefined),
    stateUpdated: (stage) => {
      assert.equal(stage, "m.login.password");
      assert.ok(passwords.length > 0, "the last password was refused");
      const identifier = { type: "m.id.user", user: client.getUserId() };
      auth.submitAuthDict({ type: stage, identifier, password: passwords.shift() });
    },
  });
  const answer = await auth.attemptAuth();
  assert.deepEqual(passwords, [], "passwords that nobody asked for");
  return answer;
}
