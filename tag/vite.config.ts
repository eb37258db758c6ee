// How the tag is built: one file without imports, for the browsers of the last years. The server delivers dist/tag.js.
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2020',
    sourcemap: false,
    lib: { entry: 'src/main.ts', formats: ['iife'], name: 'rapportTag', fileName: () => 'tag.js' },
  },
});
