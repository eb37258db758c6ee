// Pages that customers of the shop see without signing in: plain HTML, no script, no cookie, nothing from elsewhere.
import type { FastifyReply } from 'fastify';
import { escapeHtml } from '../content/liquid.ts';

const STYLE = `
:root { --page: #FBFAF7; --surface: #FFFFFF; --ink: #1B2226; --muted: #566067; --action: #0F6B62; --on-action: #FFFFFF; --border: #848C91; --line: #E3E1DA; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --page: #14181B; --surface: #1C2226; --ink: #E9ECEA; --muted: #A3ADB2; --action: #5CC8B8; --on-action: #14181B; --border: #6B767C; --line: #363E43; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; background: var(--page); color: var(--ink); font: 16px/26px -apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; }
main { max-width: 560px; margin: 0 auto; padding: 48px 24px; }
.from { color: var(--muted); font-size: 14px; line-height: 20px; margin: 0 0 16px; }
.sheet { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 40px; }
h1 { font: 600 28px/36px 'Source Serif 4', Georgia, 'Times New Roman', serif; margin: 0 0 16px; overflow-wrap: anywhere; }
p { margin: 0 0 24px; }
form { margin: 0; }
button { font: inherit; font-weight: 600; min-height: 44px; padding: 8px 24px; border-radius: 8px; cursor: pointer; }
button.main { background: var(--action); color: var(--on-action); border: 1px solid var(--action); }
button.other { background: none; color: var(--ink); border: 1px solid var(--border); }
button:focus-visible, a:focus-visible, input:focus-visible { outline: 3px solid var(--action); outline-offset: 2px; }
a { color: var(--action); }
.after { margin: 24px 0 0; color: var(--muted); font-size: 14px; line-height: 20px; }
.row { display: flex; gap: 16px; flex-wrap: wrap; }
.topic { display: flex; gap: 16px; align-items: flex-start; padding: 16px 0; border-bottom: 1px solid var(--line); min-height: 44px; cursor: pointer; }
.topic input { width: 20px; height: 20px; margin: 3px 0 0; accent-color: var(--action); flex: none; }
.topic b { display: block; }
.topic span span { color: var(--muted); font-size: 14px; line-height: 20px; display: block; }
.topics { margin: 0 0 24px; border: 0; padding: 0; border-top: 1px solid var(--line); }
@media (max-width: 480px) { main { padding: 24px 16px; } .sheet { padding: 24px; } button { width: 100%; } }
`;

export interface PublicPage {
  /** Whose page it is, as their customers know them. */
  readonly business: string;
  readonly title: string;
  /** Ready HTML: whatever comes from people has passed `escapeHtml`. */
  readonly body: string;
}

export function sendPage(reply: FastifyReply, status: number, page: PublicPage): FastifyReply {
  return reply
    .code(status)
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header('x-robots-tag', 'noindex')
    .header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    .send(printPage(page));
}

function printPage(page: PublicPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(page.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="from">${escapeHtml(page.business)}</p>
<div class="sheet">
<h1>${escapeHtml(page.title)}</h1>
${page.body}
</div>
</main>
</body>
</html>
`;
}
