// Debian's Chromium, without a window.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const pictures = fileURLToPath(new URL("../screenshots/", import.meta.url));

// open starts the browser and returns a function that opens a tab. The tab
// keeps, in faults, whatever a page did that it should not: a script that
// failed, something the Content-Security-Policy forbids, a request elsewhere.
export async function open(baseUrl) {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    chromiumSandbox: process.getuid() !== 0,
    args: ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
  });
  const tab = async () => {
    const context = await browser.newContext({ viewport: { width: 320, height: 640 } });
    const faults = [];
    context.on("weberror", (err) => faults.push(String(err.error())));
    context.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) faults.push(message.text());
    });
    context.on("request", (request) => {
      if (!request.url().startsWith(baseUrl)) faults.push(`a request to ${request.url()}`);
    });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    return { page, faults };
  };
  return { tab, close: () => browser.close() };
}

// picture takes screenshots in a light and in a dark room, and demands that the
// page fits a narrow screen.
export async function picture(page, name) {
  mkdirSync(pictures, { recursive: true });
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${pictures}${name}-${colorScheme}.png`, fullPage: true, caret: "initial" });
  }
  const [width, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.ok(width <= screen, `the page is ${width} pixels wide`);
}

// fill types into fields by their names, and submits the form that has them
// with its button.
export async function fill(page, fields) {
  const names = Object.keys(fields).map((name) => `:has([name=${name}])`);
  const form = page.locator(`form${names.join("")}`);
  for (const [name, text] of Object.entries(fields)) {
    await form.locator(`[name=${name}]`).fill(text);
  }
  await form.locator("[type=submit], button:not([type])").click();
}
