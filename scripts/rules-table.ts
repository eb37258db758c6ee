// The tables of docs/rules.md, made from the engine's catalogue of rules: `node scripts/rules-table.ts` writes them between
// their markers. A test says when the page is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CatalogueEntry } from '../engine/src/index.ts';
import {
  ruleAmountOps,
  ruleAnchors,
  ruleComparisons,
  ruleCountOps,
  ruleKinds,
  ruleWindows,
  sentence,
} from '../engine/src/index.ts';

export const PAGE = fileURLToPath(new URL('../docs/rules.md', import.meta.url));

type Catalogue = { readonly [key: string]: CatalogueEntry };

const tables: { readonly [name: string]: { readonly heading: string; readonly catalogue: Catalogue } } = {
  kinds: { heading: 'kind', catalogue: ruleKinds },
  windows: { heading: 'window', catalogue: ruleWindows },
  anchors: { heading: 'since', catalogue: ruleAnchors },
  counts: { heading: 'how many', catalogue: ruleCountOps },
  amounts: { heading: 'how much', catalogue: ruleAmountOps },
  comparisons: { heading: 'comparison', catalogue: ruleComparisons },
};

/** The page with every table as the code has it now. Throws when a table has lost its markers. */
export function withTables(page: string): string {
  return Object.entries(tables).reduce((text, [name, { heading, catalogue }]) => {
    const [begin, end] = [`<!-- ${name}: made by scripts/rules-table.ts -->`, `<!-- end of ${name} -->`];
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from < 0 || to < from)
      throw new Error(`docs/rules.md has no place for the table of ${name}: ${begin} … ${end}`);
    return `${text.slice(0, from + begin.length)}\n${tableOf(heading, catalogue)}\n${text.slice(to)}`;
  }, page);
}

function tableOf(heading: string, catalogue: Catalogue): string {
  const rows = Object.entries(catalogue).flatMap(([key, { asks, examples }]) =>
    examples.map((rule, i) =>
      row([i === 0 ? `\`${key}\`` : '', i === 0 ? asks : '', sentence(rule), `\`${JSON.stringify(rule)}\``]),
    ),
  );
  return [row([heading, 'asks', 'as a sentence', 'example']), '|---|---|---|---|', ...rows].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(PAGE, withTables(readFileSync(PAGE, 'utf8')));
