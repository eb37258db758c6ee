// How the console is built and served while working on it. The server delivers console/dist; nothing here runs there.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env['RAPPORT_SERVER'] ?? 'http://localhost:4000';

/** Libraries that change seldom stay in files of their own, so that an upgrade of Rapport reloads little. */
function libraryChunk(id: string): string | null {
  if (!id.includes('node_modules')) return null;
  if (id.includes('@xyflow') || id.includes('/d3-')) return 'graph';
  if (/node_modules\/(react|react-dom|scheduler)\//.test(id)) return 'react';
  if (id.includes('@tanstack')) return 'tanstack';
  return null;
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    sourcemap: false,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: (id: string) => libraryChunk(id) ?? null, test: /node_modules/ }] },
      },
    },
  },
  server: {
    port: 4100,
    proxy: { '/api': { target: server, changeOrigin: false }, '/v1': server, '/health': server },
  },
});
