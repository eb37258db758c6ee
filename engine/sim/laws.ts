// Every law of the engine, by its name.
import type { Law } from './law.ts';
import { arrival } from './laws/arrival.ts';
import { backtest } from './laws/backtest.ts';
import { bounded } from './laws/bounded.ts';
import { determinism } from './laws/determinism.ts';
import { ledger } from './laws/ledger.ts';
import { merge } from './laws/merge.ts';
import { oracle } from './laws/oracle.ts';
import { rebuild } from './laws/rebuild.ts';
import { touched } from './laws/touched.ts';
import { wakes } from './laws/wakes.ts';

export const laws: readonly Law[] = [
  determinism,
  wakes,
  touched,
  oracle,
  bounded,
  arrival,
  merge,
  ledger,
  rebuild,
  backtest,
];
