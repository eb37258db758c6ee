// Processor time and memory of other processes, read from /proc. A process's ended children are counted with it, so
// that a Postgres backend which ends during a measurement is not forgotten. Linux only.
import { readdirSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly cpuMs: number;
}

/** Processor time used so far by a process and all below it, ended ones included; `except`: trees that are counted apart. */
export function treeCpuMs(root: number, except: readonly number[] = []): number {
  return treeOf(root, except).reduce((sum, stat) => sum + stat.cpuMs, 0);
}

/** Resident memory of a process alone. */
export function rssMb(pid: number): number {
  return kilobytes(readFileSync(`/proc/${pid}/status`, 'utf8'), /^VmRSS:\s+(\d+) kB/m) / 1024;
}

/** Proportional memory of a tree: shared pages are divided among those who share them, so that they count once. */
export function treePssMb(root: number): number {
  return treeOf(root, []).reduce((sum, { pid }) => sum + pssKb(pid), 0) / 1024;
}

/** A process that ended since it was listed (Postgres' own come and go) holds nothing any more. */
function pssKb(pid: number): number {
  try {
    return kilobytes(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'), /^Pss:\s+(\d+) kB/m);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ESRCH' || code === 'ENOENT') return 0;
    throw error;
  }
}

export function treePids(root: number, except: readonly number[] = []): readonly number[] {
  return treeOf(root, except).map(({ pid }) => pid);
}

function treeOf(root: number, except: readonly number[]): readonly Stat[] {
  const stats = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => readStat(Number(entry)))
    .filter((stat) => stat !== undefined);
  const tree: Stat[] = [];
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    if (except.includes(pid)) continue;
    const own = stats.find((stat) => stat.pid === pid);
    if (own === undefined) continue;
    tree.push(own);
    for (const stat of stats) if (stat.parent === pid) open.push(stat.pid);
  }
  if (tree.length === 0) throw new Error(`process ${root} is gone`);
  return tree;
}

/** utime, stime, cutime and cstime are fields 14 to 17; the name in field 2 may hold spaces and brackets. */
function readStat(pid: number): Stat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
  return { pid, parent: Number(fields[1]), cpuMs: (ticks * 1000) / ticksPerSecond };
}

function kilobytes(text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`no ${pattern.source} in /proc`);
  return Number(found);
}
