// The pages for clients that cannot log in by themselves, in a browser.
//
//   node pages.mjs http://127.0.0.1:8008 JWT
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { program, run } from "../steps.mjs";
import { fill, open, picture } from "./browser.mjs";

const step = program("pages");
const [baseUrl, jwt] = process.argv.slice(2);
const account = { username: `pages-${randomBytes(4).toString("hex")}`, password: "correct hörse battery" };
const browser = await open(baseUrl);

await run(loginByPassword, loginByJWT, passwordStage, dummyStage);
await browser.close();

async function loginByPassword() {
  await step("a user registers", () =>
    call("POST", "register", { ...account, inhibit_login: true, auth: { type: "m.login.dummy" } }));
  const { page, faults } = await browser.tab();
  await step("the login page opens", () =>
    openLogin(page, { device_id: "PAGE", initial_device_display_name: "Page ☎" }));
  await step("it fits a narrow screen", () => picture(page, "login"));
  // As apps do that show the page, when it is loaded.
  await step("an app sets onLogin", () =>
    page.evaluate(() => void (window.matrixLogin.onLogin = (answer) => (window.answer = answer))));
  await step("a wrong password is refused", async () => {
    await answered(page, 403, { username: account.username, password: "wrong" });
    await alerted(page);
  });
  await step("the answer fits a narrow screen", () => picture(page, "login-refused"));
  await step("login by password", () => answered(page, 200, account));
  await step("onLogin gets the answer", async () => {
    const answer = await loggedIn(page);
    assert.equal(answer.device_id, "PAGE");
    const device = await call("GET", "devices/PAGE", undefined, answer.access_token);
    assert.equal(device.display_name, "Page ☎");
  });
  await step("the page did nothing else", () => assert.deepEqual(faults, []));
}

async function loginByJWT() {
  const { page, faults } = await browser.tab();
  // As others do, before it is loaded.
  await page.addInitScript(() => (window.matrixLogin = { onLogin: (answer) => (window.answer = answer) }));
  await openLogin(page, {});
  await step("login by JWT", () => answered(page, 200, { token: jwt }));
  await step("onLogin gets the answer", () => loggedIn(page));
  await step("the page did nothing else", () => assert.deepEqual(faults, []));
}

// passwordStage confirms the deletion of a device in a window that the client
// of another site opened.
async function passwordStage() {
  const { page, faults } = await browser.tab();
  const { access_token, user_id } = await call("POST", "login", {
    type: "m.login.password",
    identifier: { type: "m.id.user", user: account.username },
    password: account.password,
    device_id: "DELETED",
  });
  const { session } = await call("DELETE", "devices/DELETED", {}, access_token, 401);
  const client = "http://client.test/";
  await page.route(client, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
  await page.goto(client);
  const popup = await step("the page of the password stage opens", async () => {
    const opened = page.waitForEvent("popup");
    await page.evaluate((url) => {
      window.addEventListener("message", ({ data, origin }) => (window.message = { data, origin }));
      window.open(url);
    }, stageUrl("m.login.password", session));
    return opened;
  });
  await popup.waitForLoadState();
  await step("it fits a narrow screen", () => picture(popup, "stage-password"));
  const asksWho = (await popup.locator("[name=username]").count()) > 0; // unless the session says it
  const typed = (password) => ({ ...(asksWho && { username: user_id }), password });
  await step("a wrong password is refused", async () => {
    await fill(popup, typed("wrong"));
    await alerted(popup);
  });
  await step("the password stage is done, and its opener hears of it", async () => {
    await fill(popup, typed(account.password));
    const message = await (await page.waitForFunction(() => window.message)).jsonValue();
    assert.deepEqual(message, { data: "authDone", origin: new URL(baseUrl).origin });
  });
  await step("the request is granted", () => call("DELETE", "devices/DELETED", { auth: { session } }, access_token));
  await step("the token is unknown afterwards", () => call("GET", "account/whoami", undefined, access_token, 401));
  await step("the page did nothing else", () => assert.deepEqual(faults, [`a request to ${client}`]));
}

// dummyStage registers a user by the page of the only stage.
async function dummyStage() {
  const { page, faults } = await browser.tab();
  const request = { username: `${account.username}-2`, password: account.password, inhibit_login: true };
  const { session } = await call("POST", "register", request, undefined, 401);
  await page.addInitScript(() => (window.onAuthDone = () => (window.done = true)));
  await step("the page of the dummy stage opens", () => page.goto(stageUrl("m.login.dummy", session)));
  await step("it fits a narrow screen", () => picture(page, "stage-dummy"));
  await step("the dummy stage is done, and onAuthDone is called", async () => {
    await fill(page, {});
    await page.waitForFunction(() => window.done);
  });
  await step("the user is registered", () => call("POST", "register", { ...request, auth: { session } }));
  await step("the page did nothing else", () => assert.deepEqual(faults, []));
}

async function openLogin(page, parameters) {
  const response = await page.goto(`${baseUrl}/_matrix/static/client/login/?${new URLSearchParams(parameters)}`);
  assert.equal(response.status(), 200);
  assert.match(response.headers()["content-type"], /^text\/html/);
}

// answered submits fields and waits for the server's answer.
async function answered(page, status, fields) {
  const answer = page.waitForResponse((response) => response.request().method() === "POST");
  await fill(page, fields);
  assert.equal((await answer).status(), status);
}

// alerted waits until the page says what is wrong.
function alerted(page) {
  return page.locator("[role=alert]:not(:empty)").waitFor();
}

// loggedIn returns what onLogin got, whose token must be good.
async function loggedIn(page) {
  const answer = await (await page.waitForFunction(() => window.answer)).jsonValue();
  const whoami = await call("GET", "account/whoami", undefined, answer.access_token);
  assert.deepEqual([answer.user_id, answer.device_id], [whoami.user_id, whoami.device_id]);
  return answer;
}

function stageUrl(stage, session) {
  return `${baseUrl}/_matrix/client/v3/auth/${stage}/fallback/web?${new URLSearchParams({ session })}`;
}

// call makes a request of a client's and returns the answer's body.
async function call(method, path, body, token, status = 200) {
  const response = await fetch(`${baseUrl}/_matrix/client/v3/${path}`, {
    method,
    headers: token ? { Authorization: `Bearer ${token}` } : {},
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  assert.equal(response.status, status, JSON.stringify(answer));
  return answer;
}
