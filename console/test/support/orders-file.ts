// A file of orders, imported to its end.
import { until } from '../../../server/test/support/processes.ts';
import { askApi } from './rapport.ts';

const people = 12;
const rows = Array.from(
  { length: 2 * people },
  (_, i) => `F${i},file${i % people}@example.com,Pat ${i % people},2026-0${1 + (i % 8)}-05,${20 + i}`,
);
const text = ['order_id,email,name,date,total', ...rows].join('\n');

export async function importOrders(url: string, cookie: string): Promise<void> {
  const answer = await fetch(`${url}/api/imports?file_name=orders.csv`, {
    method: 'POST',
    headers: { cookie, origin: url, 'content-type': 'text/csv' },
    body: text,
  });
  const id = /"id":"(imp_[^"]+)"/.exec(await answer.text())?.[1];
  if (id === undefined) throw new Error(`The file was answered by ${answer.status}.`);
  await askApi(url, cookie, 'POST', `/api/imports/${id}/start`, {});
  await until(
    'the file is in',
    async () =>
      JSON.stringify(await askApi(url, cookie, 'GET', `/api/imports/${id}`)).includes('"status":"done"'),
    { withinMs: 60_000 },
  );
}
