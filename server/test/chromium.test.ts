// The browser of the tests is real, and there.
import { expect, test } from 'vitest';
import { launchBrowser } from './support/chromium.ts';

test('a page opens, runs its script and shows its text', async () => {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.setContent('<h1>…</h1><script>document.querySelector("h1").textContent = 6 * 7</script>');
    expect(await page.innerText('h1')).toBe('42');
  } finally {
    await browser.close();
  }
});
