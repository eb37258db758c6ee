// A real browser for the tests: Chromium without windows (Debian's chromium-headless-shell: half the processor time of the
// whole browser), else an installed Chromium or Chrome, else one of Debian's packages (installed as root), else the one
// inside @sparticuz/chromium. Looking costs nothing; installing happens once, before the tests (scripts/chromium.ts).
import { execFileSync, spawnSync, type ExecFileSyncOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';

type Found = { readonly executablePath: string; readonly args: readonly string[] };

/** No sandbox: tests run as root in containers and open nothing but our own pages. */
const flags: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

export async function launchBrowser(): Promise<Browser> {
  const found = findInstalled() ?? (await findPacked());
  if (found === undefined) {
    throw new Error(
      'There is no Chromium. Install the package `chromium`, or run `npm run chromium` as root.',
    );
  }
  return chromium.launch({ executablePath: found.executablePath, args: [...found.args], headless: true });
}

/** Looks, and installs when nothing is there; says what it found. Takes a minute at most, once a machine. */
export async function ensureChromium(): Promise<string> {
  const installed = findInstalled() ?? installFromDebian();
  if (installed !== undefined) return installed.executablePath;
  const packed = await findPacked();
  if (packed !== undefined) return packed.executablePath;
  throw new Error('There is no Chromium, and none could be installed. Install the package `chromium`.');
}

function findInstalled(): Found | undefined {
  const folders = [
    ...(process.env['PATH'] ?? '').split(path.delimiter),
    '/usr/bin',
    '/usr/local/bin',
    '/opt/google/chrome',
  ];
  const names = [
    'chromium-headless-shell',
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    'chrome',
  ];
  for (const name of names) {
    for (const folder of folders) {
      const file = path.join(folder, name);
      if (folder !== '' && existsSync(file) && answers(file)) return { executablePath: file, args: flags };
    }
  }
  return undefined;
}

/** A stub that only points to a shop of packages exists too, and so do browsers without their libraries. */
function answers(file: string): boolean {
  return spawnSync(file, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

function installFromDebian(): Found | undefined {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  process.stderr.write('No Chromium found: installing one from Debian’s packages for the browser tests.\n');
  const options: ExecFileSyncOptions = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 600_000,
  };
  const run = (...args: readonly string[]): boolean => {
    try {
      execFileSync('apt-get', args, options);
      return true;
    } catch {
      return false;
    }
  };
  if (!run('update')) return undefined;
  for (const browser of ['chromium-headless-shell', 'chromium']) {
    if (run('install', '--yes', '--no-install-recommends', browser, 'fonts-liberation'))
      return findInstalled();
  }
  return undefined;
}

async function findPacked(): Promise<Found | undefined> {
  try {
    const { default: packed } = await import('@sparticuz/chromium');
    const executablePath = await packed.executablePath();
    return answers(executablePath) ? { executablePath, args: [...packed.args, ...flags] } : undefined;
  } catch {
    return undefined;
  }
}
