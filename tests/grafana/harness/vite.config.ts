import path from 'node:path';
import { defineConfig } from 'vite';

const stub = path.resolve(__dirname, 'src/stub.ts');

/** @grafana/prometheus carries a CommonJS copy of an assistant of its editor that cannot be bundled: nothing takes its place. */
const noAssistant = {
  name: 'no-assistant',
  enforce: 'pre' as const,
  load(id: string): string | undefined {
    return id.includes('/@grafana/prometheus/dist/esm/node_modules/@grafana/assistant/')
      ? 'export const __require = () => new Proxy({}, { get: (_, key) => key === "__esModule" || (() => ({})) });'
      : undefined;
  },
};

export default defineConfig({
  plugins: [noAssistant],
  base: './',
  esbuild: { jsx: 'automatic' },
  define: { 'process.env.NODE_ENV': '"production"', 'process.env': '{}', global: 'globalThis' },
  resolve: {
    dedupe: ['react', 'react-dom', '@grafana/data', '@grafana/runtime', '@grafana/ui', '@grafana/i18n'],
    alias: [
      { find: /^react-router-dom-v5-compat$/, replacement: path.resolve(__dirname, 'node_modules/react-router-dom') },
      { find: /^monaco-editor.*/, replacement: stub },
      { find: /^monaco-promql.*/, replacement: stub },
      { find: /^@monaco-editor\/react$/, replacement: stub },
    ],
  },
  build: { target: 'es2022', minify: false, chunkSizeWarningLimit: 99_999, reportCompressedSize: false },
});
