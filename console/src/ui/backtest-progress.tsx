// How far a backtest is: whom it lives through again, and how much of it is done.
import { useId } from 'react';
import type { Backtest } from '../api/backtests.ts';
import { useFormats } from '../app/formats.tsx';
import { people } from '../lib/format.ts';
import { ProgressBar } from './progress-bar.tsx';

export interface BacktestProgressProps {
  readonly backtest: Backtest;
  /** Ends the sentence: ", as if it had been on". */
  readonly how?: string;
}

export function BacktestProgress({ backtest, how = '' }: BacktestProgressProps) {
  const formats = useFormats();
  const id = useId();
  const { share, events, people: all, phase } = backtest.progress;
  return (
    <>
      <p className="sentence" id={id}>
        {backtest.state === 'queued'
          ? 'Waiting for its turn.'
          : phase === 'learning'
            ? 'Learning what was known of everyone’s rhythm at each month.'
            : `Living ${people(formats, all)} and ${formats.number(events)} events through again${how}.`}
      </p>
      <ProgressBar words={id} done={Math.round(share * 100)} of={100} />
    </>
  );
}
