import { expect, test } from "vitest";
import { SECRET } from "../support.ts";
import { axeFindings, describeInBrowser, sideways } from "./browser.ts";
import { serveSite, signIn, typeIntoFocused } from "./support.ts";

const NAME = "Acme shop";

describeInBrowser("signing in", (open) => {
  test("with the secret leads to the overview, and Sign out back", async () => {
    const { address } = await serveSite({ ALERT_PROJECT_NAME: NAME });
    const page = await open({ address });
    await signIn(page, SECRET);
    expect(await page.title()).toContain(NAME);
    expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Secret").waitFor();
    await page.goto(`${address}/`);
    expect(await page.title()).not.toContain(NAME);
  });

  test("with a wrong secret says so, to screen readers too", async () => {
    const { address } = await serveSite();
    const page = await open({ address });
    await signIn(page, "something else entirely");
    expect(await page.getByRole("alert").textContent()).toContain("not the secret");
    expect(await axeFindings(page)).toEqual([]);
  });

  test("needs a keyboard only", async () => {
    const { address } = await serveSite();
    const page = await open({ address });
    await typeIntoFocused(page, "Secret", SECRET);
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    const focused = async () => String(await page.evaluate("document.activeElement.textContent"));
    for (let presses = 0; presses < 10 && (await focused()) !== "Sign out"; presses += 1)
      await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByLabel("Secret").waitFor();
  });

  test("needs no script", async () => {
    const { address } = await serveSite({ ALERT_PROJECT_NAME: NAME });
    const page = await open({ address, javaScriptEnabled: false });
    await signIn(page, SECRET);
    await page.getByRole("navigation").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Secret").waitFor();
  });

  test("is not asked for again by a link on another site", async () => {
    const { address } = await serveSite({ ALERT_PROJECT_NAME: NAME });
    const page = await open({ address });
    await signIn(page, SECRET);
    await page.getByRole("navigation").waitFor();
    const body = `<a href="${address}/">Your backups</a>`;
    await page.route("http://other.test/", (route) => route.fulfill({ contentType: "text/html", body }));
    await page.goto("http://other.test/");
    await page.getByRole("link").click();
    await page.getByRole("navigation").waitFor();
    expect(await page.title()).toContain(NAME);
  });

  test("ends when the secret changes", async () => {
    const { address, variables } = await serveSite();
    const page = await open({ address });
    await signIn(page, SECRET);
    await page.getByRole("navigation").waitFor();
    variables.DATOCMS_BACKUPS_SHARED_SECRET = "another-secret-of-the-plugin";
    await page.reload();
    await page.getByLabel("Secret").waitFor();
  });

  test("is no business of another site's page", async () => {
    const { address } = await serveSite();
    const page = await open({ address });
    const form = `<form method="post" action="${address}/session"><input name="secret" value="${SECRET}"><button>Go`;
    await page.route("http://other.test/", (route) =>
      route.fulfill({ contentType: "text/html", body: form }),
    );
    await page.goto("http://other.test/");
    await page.getByRole("button").click();
    await page.getByRole("heading", { name: "Nothing was done" }).waitFor();
    await page.goto(address);
    await page.getByLabel("Secret").waitFor();
  });
});

describeInBrowser("the frame", (open) => {
  test.each(["light", "dark"] as const)("%s: is accessible, and fits a phone", async (colorScheme) => {
    const { address } = await serveSite({
      ALERT_PROJECT_NAME: "A shop with quite a long name, as some have it",
    });
    const page = await open({ address, colorScheme, viewport: { width: 360, height: 740 } });
    expect([await axeFindings(page), await sideways(page)]).toEqual([[], 0]);
    await signIn(page, SECRET);
    await page.getByRole("navigation").waitFor();
    expect([await axeFindings(page), await sideways(page)]).toEqual([[], 0]);
  });

  test("a screen on the wall signs in by its address, and by that address alone", async () => {
    const { address } = await serveSite({ ALERT_PROJECT_NAME: NAME });
    const httpCredentials = { username: "wall", password: SECRET };
    const page = await open({ address: `${address}/?basic`, httpCredentials });
    expect(await page.title()).toContain(NAME);
    expect(await page.getByRole("button", { name: "Sign out" }).count()).toBe(0);
    const other = await open({ address, httpCredentials });
    await other.getByLabel("Secret").waitFor();
  });
});
