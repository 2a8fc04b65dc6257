/** Shows one dashboard: `?dashboard=FILE&prom=URL&from=..&to=..&scrape=SECONDS&kiosk=1&theme=light&var-NAME=..`. */
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router-dom';
import { ThemeContext } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import { fillRegistries } from './registries';
import { setUp } from './runtime';
import { sceneOf } from './scene';
import { complain } from './told';

window.addEventListener('error', (event) => complain(`window: ${event.message}`));
window.addEventListener('unhandledrejection', (event) => complain(`promise: ${event.reason?.message ?? event.reason}`));

async function main(): Promise<void> {
  const asked = new URLSearchParams(location.search);
  await initPluginTranslations('grafana');
  await initPluginTranslations('grafana-scenes');
  fillRegistries();
  const theme = setUp(asked.get('prom') ?? '', asked.get('theme') !== 'light', Number(asked.get('scrape') ?? 15));
  const dashboard = await (await fetch(asked.get('dashboard') ?? '')).json();
  const scene = sceneOf(dashboard, asked);
  // Scenes read variables from the address, too, and write to it: they are given above instead.
  history.replaceState(null, '', location.pathname);
  const colours = { background: theme.colors.background.canvas, color: theme.colors.text.primary };
  createRoot(document.getElementById('root')!).render(
    <BrowserRouter>
      <ThemeContext.Provider value={theme}>
        <GlobalStyles />
        <div style={{ ...colours, minHeight: '100%', display: 'flex', flexDirection: 'column' }}>
          <scene.Component model={scene} />
        </div>
        <PortalContainer />
      </ThemeContext.Provider>
    </BrowserRouter>
  );
}

main().catch((error) => complain(`main: ${error.stack}`));
