// After `npm ci`: builds the console ahead, so that the first start is quick. Never fails an installation: without the
// pinned Node or the build tools (production installs) there is nothing to do, and `start` builds what is missing.
const major = Number(process.versions.node.split('.')[0]);
if (major >= 26) {
  try {
    const { buildConsoleIfStale } = await import('./build-console.ts');
    const outcome = await buildConsoleIfStale();
    if (outcome.kind === 'failed')
      process.stderr.write(`The console could not be built yet: ${outcome.words}\n`);
  } catch (error) {
    process.stderr.write(
      `The console could not be built yet: ${error instanceof Error ? error.message : String(error)}\n`,
    );
  }
}
