// How figures are shown: a table for people, one JSON object for machines. A missed budget says so in both.
import { figureKinds, type Figure, type FigureName } from './figure.ts';

export function printFigure(name: FigureName, figure: Figure): string {
  const value = figure.value === null ? 'failed' : `${figure.value.toLocaleString('en')} ${figure.unit}`;
  const kind = figureKinds[name];
  const sign = kind.better === 'lower' ? '≤' : '≥';
  const budget = figure.budget === null ? '' : `${sign} ${figure.budget.toLocaleString('en')}`;
  return `${name.padEnd(36)} ${value.padStart(20)}  ${budget.padEnd(9)} ${verdict(figure).padEnd(7)} ${kind.words}`;
}

export function printTable(figures: ReadonlyMap<FigureName, Figure>): string {
  const lines = [...figures].map(([name, figure]) => printFigure(name, figure));
  const head = `${'figure'.padEnd(36)} ${'value'.padStart(20)}  ${'budget'.padEnd(9)} ${''.padEnd(7)} what`;
  return [head, '─'.repeat(110), ...lines].join('\n');
}

export function toJson(figures: ReadonlyMap<FigureName, Figure>): string {
  return `${JSON.stringify(Object.fromEntries(figures), null, 2)}\n`;
}

function verdict(figure: Figure): string {
  if (figure.value === null) return 'FAILED';
  if (figure.ok === null) return 'shown';
  return figure.ok ? 'ok' : 'MISSED';
}
