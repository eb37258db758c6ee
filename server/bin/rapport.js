#!/usr/bin/env node
// The command `rapport`. Plain JavaScript that Node 20 understands: Rapport itself needs the Node that npm installed with
// it (types stripped at load, global Temporal), so under an older one this file starts itself again with that one.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const majorMin = 26;

if (Number(process.versions.node.split('.')[0]) >= majorMin) {
  // Compiled code is kept between starts: 1.0 s of loading becomes 0.6 s. Not in the shared /tmp, where others could write it.
  module.enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/rapport', import.meta.url)));
  const { main } = await import('../src/main.ts');
  process.exitCode = await main(process.argv);
  // A connection that hangs may not keep a command that is done.
  setTimeout(() => process.exit(), 3000).unref();
} else {
  startAgain(findPinnedNode());
}

/** @param {string | undefined} node */
function startAgain(node) {
  if (node === undefined) {
    process.stderr.write(
      `rapport: Node ${process.versions.node} is too old, and the one that npm installs with Rapport is not there.\n` +
        `  → Run \`npm ci\` without --omit=dev and with install scripts allowed, or use Node ${majorMin} or newer.\n`,
    );
    process.exitCode = 1;
    return;
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends its signals to both of us; whoever stops us by pid means the child.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 128);
  });
  child.on('error', (error) => {
    process.stderr.write(`rapport: ${node} cannot be started: ${error.message}\n`);
    process.exitCode = 1;
  });
}

function findPinnedNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json');
    const file = path.join(path.dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}
