// Before the first server or console test: one Postgres in a temporary folder and one migrated template database,
// which every test file clones. After the last: both are gone. Never touches a data folder of a person.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { createLog } from '../../src/log.ts';
import { startEmbedded } from '../../src/postgres/embedded.ts';
import { migrate } from '../../src/postgres/migrate.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Connection string of the superuser, to a database that no test uses. */
    postgresUrl: string;
  }
}

export const templateName = 'rapport_template';

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'rapport-test-'));
  const embedded = await startEmbedded({ dataDir, log: createLog({ level: 'warn' }) });
  const stop = async (): Promise<void> => {
    await embedded.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await makeTemplate(embedded.url);
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide('postgresUrl', embedded.url);
  return stop;
}

async function makeTemplate(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(`create database ${templateName}`);
  await client.end();
  const url = new URL(adminUrl);
  url.pathname = `/${templateName}`;
  await migrate({ url: url.href });
}
