// After `npm ci`: builds console and tag and compiles the server ahead, so that the first start is quick. Never fails an
// installation: without the pinned Node or the build tools (production installs) `start` does what is missing.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);

if (Number(process.versions.node.split('.')[0]) >= 26) {
  try {
    module.enableCompileCache(fileURLToPath(new URL('node_modules/.cache/rapport', root)));
    await import('../server/src/main.ts');
    await import('../server/src/app.ts');
    module.flushCompileCache();
    const { buildIfStale } = await import('./build-browser.ts');
    for (const outcome of await buildIfStale()) {
      if (outcome.kind === 'failed')
        process.stderr.write(`The ${outcome.part} could not be built yet: ${outcome.words}\n`);
    }
  } catch (error) {
    process.stderr.write(`Not prepared yet: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
