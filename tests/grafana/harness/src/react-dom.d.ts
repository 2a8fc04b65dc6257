/** As much of its types as is needed here: those on npm want another version of React's. */
declare module 'react-dom/client' {
  import type { ReactNode } from 'react';
  export function createRoot(element: Element): { render(content: ReactNode): void };
}
