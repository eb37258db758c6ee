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
    // Libraries that change seldom stay in files of their own, so that an upgrade of Rapport reloads little. The drawing
    // library is left out: its page asks for it, and a group would pull what it shares with others into every page.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
            { name: 'tanstack', test: /node_modules\/@tanstack\// },
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
