// Numbers in the server's own sentences, in English.
import { minorDigits } from '@rapport/engine';

const number = new Intl.NumberFormat('en');

export const numberWords = (n: number): string => number.format(n);

export const peopleWords = (n: number): string => (n === 1 ? '1 person' : `${number.format(n)} people`);

/** Minor units without the small change: a sentence is no invoice. */
export function moneyWords(minor: number, currency: string): string {
  const money = new Intl.NumberFormat('en', { style: 'currency', currency, maximumFractionDigits: 0 });
  return money.format(minor / 10 ** minorDigits(currency));
}
