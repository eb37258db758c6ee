// A letter of blocks as MJML with Liquid. The look is fixed here, once for every letter: readable at arm's length, on a phone, in a dark
// room and as plain text. What a business may choose (colour, logo) comes in as Liquid, so that a change reaches every letter not yet written.
import { escapeHtml } from '../liquid.ts';
import type { Block, Inline, Letter, Mark, Rich, RichNode, SimpleBlock } from './letter.ts';
import { inlinesOf, plainOf } from './letter.ts';

const SANS = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";
const SERIF = "'Source Serif 4', Georgia, 'Times New Roman', serif";
/** The business's own colour, and what is readable on it. */
const ACTION = "{{ brand.colour | default: '#0F6B62' }}";
const ON_ACTION = "{{ brand.on_colour | default: '#FFFFFF' }}";

export function letterMjml(letter: Letter, purpose: 'marketing' | 'transactional'): string {
  const title = letter.blocks.find((block) => block.kind === 'heading');
  return `<mjml>
  <mj-head>
    <mj-title>${title === undefined ? '' : escapeHtml(wordsOf(title.text))}</mj-title>
    <mj-attributes>
      <mj-all font-family="${SANS}" />
      <mj-text color="#1B2226" font-size="16px" line-height="26px" padding="0 0 16px 0" />
    </mj-attributes>
    <mj-raw>
      <meta name="color-scheme" content="light dark" />
      <meta name="supported-color-schemes" content="light dark" />
    </mj-raw>
    <mj-style>${STYLE}</mj-style>
  </mj-head>
  <mj-body background-color="#FBFAF7" width="600px" css-class="page">
    <mj-section padding="32px 24px 16px 24px">
      <mj-column>
        <mj-text css-class="muted" color="#566067" font-size="14px" line-height="20px" padding="0">{% if brand.logo_url %}<img src="{{ brand.logo_url }}" alt="{{ business.name }}" height="32" style="height:32px;max-width:240px;border:0;" />{% else %}{{ business.name }}{% endif %}</mj-text>
      </mj-column>
    </mj-section>
    <mj-wrapper css-class="sheet" background-color="#FFFFFF" border="1px solid #E3E1DA" border-radius="8px" padding="40px 40px 24px 40px">
${sections(letter.blocks).map(section).join('\n')}
    </mj-wrapper>
    <mj-section padding="24px">
      <mj-column>
        <mj-text css-class="muted" color="#566067" font-size="12px" line-height="20px" padding="0">
${footer(letter.why, purpose)}
        </mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`;
}

const STYLE = `
      a { color: ${ACTION}; }
      p { margin: 0; }
      ul, ol { margin: 0; padding: 0 0 0 24px; }
      li { padding: 0 0 8px 0; }
      .ink p + p, .ink ul + p, .ink ol + p, .ink p + ul, .ink p + ol { padding-top: 12px; }
      .ink, .muted { overflow-wrap: anywhere; }
      @media (max-width: 480px) { .sheet > table > tbody > tr > td { padding: 24px 24px 8px 24px !important; } }
      @media (prefers-color-scheme: dark) {
        body, .page, .page > div { background-color: #14181B !important; }
        .sheet, .sheet > table, .sheet td { background-color: #1C2226 !important; border-color: #363E43 !important; }
        .offer, .offer td { background-color: #14181B !important; border-color: #6B767C !important; }
        .action td, .action a { background-color: ${ACTION} !important; color: ${ON_ACTION} !important; }
        .ink, .ink div, .ink b, .ink h1 { color: #E9ECEA !important; }
        .ink a { color: {{ brand.colour_dark | default: '#5CC8B8' }} !important; }
        .muted, .muted div, .muted p, .muted a { color: #A3ADB2 !important; }
      }
    `;

/** Without what differs from person to person. */
function wordsOf(text: Rich): string {
  const words = inlinesOf(text).map((piece) => (piece.type === 'text' ? piece.text : ' '));
  return words.join('').slice(0, 200);
}

/** What stands in one column goes into one section; columns are a section of their own. */
function sections(
  blocks: readonly Block[],
): readonly (readonly SimpleBlock[] | Extract<Block, { kind: 'columns' }>)[] {
  const found: (SimpleBlock[] | Extract<Block, { kind: 'columns' }>)[] = [];
  for (const block of blocks) {
    const last = found.at(-1);
    if (block.kind === 'columns') found.push(block);
    else if (Array.isArray(last)) last.push(block);
    else found.push([block]);
  }
  return found;
}

function section(part: readonly SimpleBlock[] | Extract<Block, { kind: 'columns' }>): string {
  if ('kind' in part) {
    return `      <mj-section padding="0">
        <mj-column padding="0 8px 0 0">${part.left.map(simple).join('\n')}</mj-column>
        <mj-column padding="0 0 0 8px">${part.right.map(simple).join('\n')}</mj-column>
      </mj-section>`;
  }
  return `      <mj-section padding="0">
        <mj-column>
${part.map(simple).join('\n')}
        </mj-column>
      </mj-section>`;
}

function simple(block: SimpleBlock): string {
  switch (block.kind) {
    case 'heading':
      return `          <mj-text css-class="ink" font-family="${SERIF}" font-size="28px" line-height="36px" padding="0 0 24px 0"><h1 dir="auto" style="margin:0;font-size:28px;line-height:36px;font-weight:600;">${line(block.text)}</h1></mj-text>`;
    case 'text':
      return `          <mj-text css-class="ink">${rich(block.text)}</mj-text>`;
    case 'button':
      return `          <mj-button css-class="action" align="left" background-color="${ACTION}" color="${ON_ACTION}" font-size="16px" font-weight="600" line-height="20px" inner-padding="14px 24px" border-radius="8px" padding="8px 0 24px 0" href="${escapeHtml(block.url)}">${escapeHtml(block.label)}</mj-button>`;
    case 'image':
      return image(block);
    case 'divider':
      return `          <mj-divider border-width="1px" border-color="#E3E1DA" padding="8px 0 24px 0" />`;
    case 'space':
      return `          <mj-spacer height="${block.size === 'small' ? 16 : 40}px" />`;
    case 'offer':
      return OFFER;
  }
}

function image(block: Extract<SimpleBlock, { kind: 'image' }>): string {
  const link = block.url === '' ? '' : ` href="${escapeHtml(block.url)}"`;
  const width = block.width === 'half' ? ' width="260px" align="left"' : '';
  return `          <mj-image src="${escapeHtml(block.src)}" alt="${escapeHtml(block.alt)}"${link}${width} border-radius="4px" padding="0 0 24px 0" />`;
}

/** The code large enough to copy by eye; what it gives and until when only if the offer says so. */
const OFFER = `          <mj-table css-class="offer" padding="8px 0 24px 0" cellpadding="16" width="100%">
            <tr><td align="center" style="border:1px dashed #848C91;border-radius:8px;background-color:#FBFAF7;">
              <span class="ink" style="font-family:ui-monospace, Menlo, Consolas, monospace;font-size:24px;line-height:32px;letter-spacing:1px;color:#1B2226;"><b>{{ offer.code }}</b></span>
              {% if offer.percent %}<br /><span class="muted" style="font-size:14px;line-height:24px;color:#566067;">{{ offer.percent }} % off your next order</span>{% elsif offer.amount %}<br /><span class="muted" style="font-size:14px;line-height:24px;color:#566067;">{{ offer.amount | money: offer.currency }} off your next order</span>{% endif %}
              {% if offer.expires_at %}<br /><span class="muted" style="font-size:14px;line-height:24px;color:#566067;">until {{ offer.expires_at | date: 'long' }}</span>{% endif %}
            </td></tr>
          </mj-table>`;

function footer(why: Rich, purpose: 'marketing' | 'transactional'): string {
  const reason =
    plainOf(why).trim() === '' ? '' : `          <p style="margin:0 0 8px 0;">${line(why)}</p>\n`;
  const wayOut =
    purpose === 'marketing'
      ? `          <p style="margin:0 0 8px 0;"><a href="{{ unsubscribe_url }}" style="color:#566067;">Unsubscribe</a> &middot; <a href="{{ preferences_url }}" style="color:#566067;">Choose what you hear from us</a></p>\n`
      : '';
  return `${reason}${wayOut}          <p style="margin:0;">{{ business.name }}{% if business.postal_address %} &middot; {{ business.postal_address }}{% endif %}</p>`;
}

/** `dir="auto"`: a name in Arabic at the head of a sentence turns that paragraph, not the letter. */
function rich(text: Rich): string {
  return text.content.map(node).join('');
}

function node(it: RichNode): string {
  if (it.type === 'paragraph') return `<p dir="auto">${(it.content ?? []).map(inline).join('')}</p>`;
  const tag = it.type === 'bulletList' ? 'ul' : 'ol';
  const items = it.content.map(({ content }) => `<li>${content.map(inItem).join('')}</li>`);
  return `<${tag}>${items.join('')}</${tag}>`;
}

/** The one paragraph of most list items needs no tag of its own. */
function inItem(it: RichNode, index: number): string {
  return it.type === 'paragraph' && index === 0 ? (it.content ?? []).map(inline).join('') : node(it);
}

/** On one line, whatever paragraphs it was written in. */
function line(text: Rich): string {
  return text.content
    .map((it) => (it.type === 'paragraph' ? (it.content ?? []).map(inline).join('') : node(it)))
    .filter((part) => part !== '')
    .join('<br />');
}

function inline(piece: Inline): string {
  const bare =
    piece.type === 'text' ? escapeHtml(piece.text) : piece.type === 'field' ? field(piece.attrs) : '<br />';
  return (piece.marks ?? []).reduce(marked, bare);
}

function marked(text: string, mark: Mark): string {
  if (mark.type === 'bold') return `<b>${text}</b>`;
  if (mark.type === 'italic') return `<i>${text}</i>`;
  return `<a href="${escapeHtml(mark.attrs.href)}">${text}</a>`;
}

/** Liquid knows no escaped quotes, so the fallback stands in whichever it does not hold. */
function field({ path, fallback }: { readonly path: string; readonly fallback: string }): string {
  const name = /^(offer|rhythm)\.\w+_at$/.test(path) ? `${path} | date: 'long'` : path;
  if (fallback === '') return `{{ ${name} }}`;
  const quote = fallback.includes("'") ? '"' : "'";
  const inside = quote === '"' ? fallback.replaceAll('"', '”') : fallback;
  return `{{ ${name} | default: ${quote}${inside}${quote} }}`;
}
