import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { fixtureApi } from './dev/fixture-api.ts';

const PROXIED = ['/api', '/auth', '/rest', '/realtime', '/storage', '/client.json'];

/** `vite web --mode fixtures` answers the API from generated data; any other mode asks the project that runs on this machine. */
export default defineConfig(({ mode }) => ({
  root: import.meta.dirname,
  plugins: [react(), mode === 'fixtures' && fixtureApi()],
  server:
    mode === 'fixtures'
      ? {}
      : { proxy: Object.fromEntries(PROXIED.map((path) => [path, { target: 'http://127.0.0.1:54321', ws: true }])) },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // A data: address would need a looser Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: 'platform', test: /node_modules[\\/](react|react-dom|scheduler|@tanstack)[\\/]/ }],
        },
      },
    },
  },
}));
