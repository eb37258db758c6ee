// The habits of the house that no linter knows, as complaints about one file: layers, file comments, length, exports,
// import paths, and what must not be in a public repository. Pure: text in, complaints out. `npm run check` prints them.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export type SourceFile = { readonly path: string; readonly text: string };

/** About 120 lines are usual and 400 are much; past this it is refused. Tests and what supports them may be twice as long. */
const linesMax = 500;

/** What a folder may import. The first entry that matches a file decides; `packages` are node: modules and npm packages. */
type Layer = {
  readonly from: RegExp;
  readonly mayImport: readonly RegExp[];
  /** Words it may know without calling anything. */
  readonly mayImportTypes?: readonly RegExp[];
  readonly packages: 'any' | 'none' | readonly string[];
  readonly why: string;
};

const serverCommon = [
  /^server\/src\/(errors|log|config|data-folder|threads)\.ts$/,
  /^engine\/src\/index\.ts$/,
];

const layers: readonly Layer[] = [
  { from: /\.test\.tsx?$|\/(test|bench|scenarios|sim)\//, mayImport: [/./], packages: 'any', why: '' },
  {
    from: /^engine\/src\//,
    mayImport: [/^engine\/src\//],
    packages: 'none',
    why: 'the engine is pure: it imports nothing but itself',
  },
  {
    from: /^server\/src\/(errors|log|config|data-folder|threads)\.ts$/,
    mayImport: [/^server\/src\/(errors|log|config|data-folder|threads)\.ts$/],
    packages: 'any',
    why: 'what everyone imports imports nobody',
  },
  {
    from: /^server\/src\/postgres\//,
    mayImport: [...serverCommon, /^server\/src\/postgres\//],
    mayImportTypes: [/^server\/src\/import\//],
    packages: 'any',
    why: 'postgres knows the engine and nothing above itself',
  },
  {
    from: /^server\/src\/channels\//,
    mayImport: [...serverCommon, /^server\/src\/channels\//, /^server\/src\/content\//],
    packages: 'any',
    why: 'a channel knows its provider, neither the database nor HTTP',
  },
  {
    from: /^server\/src\/content\//,
    mayImport: [...serverCommon, /^server\/src\/content\//],
    packages: 'any',
    why: 'content turns templates into text, and knows nothing else',
  },
  {
    from: /^server\/src\/import\//,
    mayImport: [...serverCommon, /^server\/src\/(import|postgres|content)\//],
    packages: 'any',
    why: 'an import uses postgres and the engine',
  },
  {
    from: /^server\/src\/sample\/shop\//,
    mayImport: [/^server\/src\/sample\/shop\//, /^engine\/src\/index\.ts$/],
    packages: ['@rapport/engine'],
    why: 'the sample shop is made up purely, from its seed',
  },
  {
    from: /^server\/src\/sample\//,
    mayImport: [...serverCommon, /^server\/src\/(sample|postgres|content)\//],
    packages: 'any',
    why: 'the sample store uses postgres, engine and content',
  },
  {
    from: /^server\/src\/prediction\//,
    mayImport: [...serverCommon, /^server\/src\/(prediction|postgres)\//],
    packages: 'any',
    why: 'a fit reads postgres and asks the engine',
  },
  {
    from: /^server\/src\/figures\//,
    mayImport: [...serverCommon, /^server\/src\/(figures|postgres)\//],
    packages: 'any',
    why: 'figures are read from postgres and worked out by the engine',
  },
  {
    from: /^server\/src\/backtest\//,
    mayImport: [...serverCommon, /^server\/src\/(backtest|prediction|postgres)\//],
    packages: 'any',
    why: 'a backtest reads postgres, learns as a fit does and asks the engine',
  },
  {
    from: /^server\/src\/http\//,
    mayImport: [...serverCommon, /^server\/src\/(http|postgres|content|import|sample)\//],
    packages: 'any',
    why: 'http uses postgres, engine and content, never workers or channels',
  },
  {
    from: /^server\/src\/workers\//,
    mayImport: [
      ...serverCommon,
      /^server\/src\/(workers|postgres|channels|content|import|sample|backtest|prediction|figures)\//,
    ],
    packages: 'any',
    why: 'workers use postgres, engine, channels and content, never http',
  },
  {
    from: /^server\/src\/cli\//,
    mayImport: [
      ...serverCommon,
      /^server\/src\/(cli|postgres|import|sample|backtest|prediction)\//,
      // What the API takes and answers is what the command takes and prints.
      /^server\/src\/http\/(backtest-(asked|view)|prediction-words)\.ts$/,
      /^server\/src\/(app|shipped)\.ts$/,
      /^scripts\/build-browser\.ts$/,
    ],
    packages: 'any',
    why: 'a command is a thin call; only app.ts sees everything',
  },
  {
    from: /^server\/src\/main\.ts$/,
    mayImport: [...serverCommon, /^server\/src\/cli\//],
    packages: 'any',
    why: 'main only reads the command line',
  },
  {
    from: /^server\/src\/app\.ts$/,
    mayImport: [/^server\/src\//, /^engine\/src\/index\.ts$/],
    packages: 'any',
    why: '',
  },
  {
    from: /^console\/src\//,
    mayImport: [/^console\/src\//, /^engine\/src\/index\.ts$/],
    packages: 'any',
    why: 'the console uses the engine and its own API client',
  },
  { from: /^tag\/src\//, mayImport: [/^tag\/src\//], packages: 'none', why: 'the tag has no dependencies' },
  { from: /./, mayImport: [/./], packages: 'any', why: '' },
];

/** Tools that insist on a default export. */
const defaultExports = /(^|\/)(vite|vitest|playwright|[a-z]+)\.config\.ts$/;
const barrel = 'engine/src/index.ts';

export function complaintsAbout(file: SourceFile): readonly string[] {
  const complaints: string[] = [];
  if (isSecretless(file.path)) complaints.push(...privateTraces(file));
  if (/\.(ts|tsx|js|sql)$/.test(file.path)) complaints.push(...headerComplaints(file), ...markers(file));
  if (/\.(ts|tsx|js)$/.test(file.path)) {
    complaints.push(...lengthComplaints(file), ...exportComplaints(file), ...importComplaints(file));
    complaints.push(...impurities(file));
  }
  return complaints.map((complaint) => `${file.path}: ${complaint}`);
}

function headerComplaints(file: SourceFile): readonly string[] {
  // The names of the tests say what a test file is for.
  if (/\.test\.tsx?$/.test(file.path)) return [];
  const lines = file.text.split('\n');
  const start = lines[0]?.startsWith('#!') === true ? 1 : 0;
  const opening = { ts: '// ', tsx: '// ', js: '// ', sql: '-- ' }[path.extname(file.path).slice(1)] ?? '';
  if (lines[start]?.startsWith(opening) !== true) {
    return [`opens without a comment that says what it is for (${opening.trim()} …)`];
  }
  const end = lines.findIndex((line, index) => index >= start && !line.startsWith(opening.trim()));
  return end - start > 6 ? ['opens with a comment of more than 6 lines'] : [];
}

function markers(file: SourceFile): readonly string[] {
  // Written so that this line does not find itself.
  const marker = new RegExp(
    `\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')}|${['XX', 'X'].join('')})\\b`,
  );
  return marker.test(file.text) ? ['has a note of unfinished work: finish it or file an issue'] : [];
}

function lengthComplaints(file: SourceFile): readonly string[] {
  const lines = file.text.split('\n').length - 1;
  const allowed = /\.test\.tsx?$|\/(test|bench|sim)\//.test(file.path) ? linesMax * 2 : linesMax;
  return lines > allowed ? [`has ${lines} lines; more than ${allowed} is two topics`] : [];
}

function exportComplaints(file: SourceFile): readonly string[] {
  const complaints: string[] = [];
  if (/^export default\b/m.test(file.text) && !defaultExports.test(file.path))
    complaints.push('has a default export');
  const isBarrel =
    /^export\s+(type\s+)?\*(\s+as\s+\w+)?\s+from\b/m.test(file.text) || /\/index\.tsx?$/.test(file.path);
  if (isBarrel && file.path !== barrel) complaints.push(`is a barrel; ${barrel} is the only one`);
  return complaints;
}

function importComplaints(file: SourceFile): readonly string[] {
  const layer = layers.find(({ from }) => from.test(file.path));
  const complaints: string[] = [];
  for (const { specifier, typesOnly } of importsOf(file.text)) {
    if (specifier.startsWith('.')) {
      if (!/\.(ts|tsx|js|css|svg|json)(\?\w+)?$/.test(specifier))
        complaints.push(`imports ${specifier} without its ending`);
      const target = path.posix.join(path.posix.dirname(file.path), specifier.replace(/\?\w+$/, ''));
      const may = [...(layer?.mayImport ?? []), ...(typesOnly ? (layer?.mayImportTypes ?? []) : [])];
      if (!may.some((allowed) => allowed.test(target))) {
        complaints.push(`imports ${target}: ${layer?.why ?? ''}`);
      }
      continue;
    }
    const target = specifier === '@rapport/engine' ? 'engine/src/index.ts' : undefined;
    const allowed =
      target === undefined
        ? layer?.packages === 'any' || (layer?.packages ?? []).includes(specifier)
        : layer?.mayImport.some((pattern) => pattern.test(target));
    if (allowed === false) complaints.push(`imports ${specifier}: ${layer?.why ?? ''}`);
  }
  return complaints;
}

/** Every module that is imported, statically or not. */
function importsOf(text: string): readonly { specifier: string; typesOnly: boolean }[] {
  const patterns = [
    /^\s*import\s*['"]([^'"]+)['"]/gm,
    /^\s*import\s+(?:type\s+)?[\w$*{},\s]+?\sfrom\s*['"]([^'"]+)['"]/gm,
    /^\s*export\s+(?:type\s+)?(?:\*|\{[^}]*\})(?:\s+as\s+\w+)?\s+from\s*['"]([^'"]+)['"]/gm,
    /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  ];
  return patterns
    .flatMap((pattern) => [...text.matchAll(pattern)])
    .map((match) => ({
      specifier: match[1] ?? '',
      typesOnly: /^\s*(import|export)\s+type\b/.test(match[0]),
    }));
}

/** The engine knows time and chance only as arguments, and orders by code unit, so that a step is repeatable. */
function impurities(file: SourceFile): readonly string[] {
  if (!file.path.startsWith('engine/src/') || /\.test\.ts$/.test(file.path)) return [];
  const found =
    /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bTemporal\.Now\b|\.localeCompare\(|\bperformance\.now\b/.exec(
      file.text,
    );
  return found === null ? [] : [`uses ${found[0]}: time and chance are arguments, order is by code unit`];
}

/** Places on somebody's machine, and registries other than the public one, do not belong into a public repository. */
function privateTraces(file: SourceFile): readonly string[] {
  const traces = [
    // Assembled, so that this file passes its own test.
    new RegExp(`(?<![\\w.:/-])/(${['home', 'Users', 'root', 'work'].join('|')})/\\w`),
    new RegExp(
      `https?://(?!registry\\.npmjs\\.org)[\\w.-]*(${['registry', 'artifactory', 'verdaccio', 'nexus'].join('|')})[\\w.-]*`,
    ),
  ];
  return traces.flatMap((trace) => {
    const found = trace.exec(file.text);
    return found === null ? [] : [`names a place that only exists on one machine: ${found[0]}`];
  });
}

function isSecretless(file: string): boolean {
  return !/\.(png|jpg|webp|ico|woff2|zip|gz|parquet)$/.test(file);
}

/** Every file of the repository, tracked or about to be. */
export function listRepository(root: string): readonly SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return listed
    .split('\0')
    .filter((file) => file !== '' && isSecretless(file) && existsSync(path.join(root, file)))
    .map((file) => ({ path: file, text: readFileSync(path.join(root, file), 'utf8') }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const complaints = listRepository(process.cwd()).flatMap(complaintsAbout);
  for (const complaint of complaints) process.stdout.write(`${complaint}\n`);
  process.exitCode = complaints.length === 0 ? 0 : 1;
}
