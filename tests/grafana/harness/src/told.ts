/** What the page tells whoever looks at it. */
export interface Asked {
  kind: 'instant' | 'range' | 'resource';
  expr: string;
  error?: string;
}

interface Told {
  /** Questions that wait for their answers. */
  pending: number;
  queries: Asked[];
  errors: string[];
  /** What each panel shows, by its title. */
  panels: Record<string, unknown>;
  /** Names that Grafana knows, by what they are of. */
  known: Record<string, string[]>;
}

declare global {
  interface Window {
    told: Told;
    __grafanaSceneContext?: unknown;
  }
}

export const told: Told = { pending: 0, queries: [], errors: [], panels: {}, known: {} };
window.told = told;

export function complain(what: string): void {
  told.errors.push(what);
}
