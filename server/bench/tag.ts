// What a site's visitor loads: the built tag, packed as it is served.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildIfStale } from '../../scripts/build-browser.ts';
import type { Measure } from './support/figure.ts';

export const tag: Measure = {
  title: 'The browser tag',
  names: ['tag_gzip_bytes'],
  async run(bench) {
    await buildIfStale();
    const file = await readFile(fileURLToPath(new URL('../../tag/dist/tag.js', import.meta.url)));
    bench.note(`${file.length} bytes before packing`);
    return { tag_gzip_bytes: gzipSync(file, { level: 9 }).length };
  },
};
