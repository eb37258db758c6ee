// The last line of a test run: `123 passed, 0 failed` (and `, 4 skipped`), alone on its line, for people and machines.
// Files that failed to load and errors outside of tests count as failed, so that nothing broken looks passed.
import type { Reporter, SerializedError, TestModule, TestRunEndReason } from 'vitest/node';

export class CountReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    const count = { passed: 0, failed: unhandled.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state] += 1;
      if (module.errors().length > 0) count.failed += 1;
      for (const suite of module.children.allSuites()) if (suite.errors().length > 0) count.failed += 1;
    }
    // A test that never came to a result did not pass, and neither did a run that could not be set up.
    const failed = Math.max(
      count.failed + count.pending,
      reason === 'failed' || modules.length === 0 ? 1 : 0,
    );
    const skipped = count.skipped === 0 ? '' : `, ${count.skipped} skipped`;
    process.once('exit', () =>
      process.stdout.write(`\n${count.passed} passed, ${failed} failed${skipped}\n`),
    );
  }
}
