// Five suites: the pure engine, the server on a real Postgres, console and tag in a real browser, and the house itself.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { CountReporter } from './scripts/count-reporter.ts';

const postgres = './server/test/support/global-setup.ts';

export default defineConfig({
  test: {
    reporters: ['default', new CountReporter()],
    // Two cores, and the server tests share them with Postgres and Chromium.
    maxWorkers: 2,
    // Processes that tests start need not compile the same files again and again.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/tests', import.meta.url)) },
    projects: [
      {
        extends: true,
        test: {
          name: 'engine',
          include: ['engine/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'server',
          include: ['server/**/*.test.ts'],
          globalSetup: [postgres],
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'console',
          include: ['console/**/*.test.{ts,tsx}'],
          globalSetup: [postgres],
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'tag',
          include: ['tag/**/*.test.ts'],
          globalSetup: [postgres],
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'house',
          include: ['test/**/*.test.ts', 'scripts/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
    ],
  },
});
