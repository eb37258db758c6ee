// How the console is built and served while working on it. The server delivers console/dist; nothing here runs there.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env['RAPPORT_SERVER'] ?? 'http://localhost:4000';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    sourcemap: false,
    // Libraries that change seldom stay in files of their own, so that an upgrade of Rapport reloads little. What pages share
    // comes in a few files instead of forty: each costs a page milliseconds. Large ones (a drawing library) stay apart, so
    // that only the pages that need them fetch them.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\//, priority: 5 },
            { name: 'tanstack', test: /node_modules\/@tanstack\//, priority: 4 },
            { name: 'frame', tags: ['$initial'], priority: 3 },
            {
              name: 'pages',
              test: /console\/src\/|\/(hooks|SegmentedControl)\//,
              minShareCount: 6,
              priority: 2,
            },
            {
              name: 'fields',
              test: /node_modules\/(?!@codemirror|@lezer|@xyflow)/,
              minShareCount: 3,
              priority: 1,
            },
          ],
        },
      },
    },
  },
  server: {
    port: 4100,
    proxy: { '/api': { target: server, changeOrigin: false }, '/v1': server, '/health': server },
  },
});
