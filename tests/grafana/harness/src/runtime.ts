/** What Grafana's front end finds at run time: its configuration, one data source, the panels, and how to run a query. */
import { catchError, from, map, of, type Observable } from 'rxjs';
import {
  createTheme, DataTopic, EventBusSrv, isDataFrame, LoadingState, PluginType, toDataFrame,
  type DataFrame, type DataQueryRequest, type DataQueryResponse, type DataSourceApi, type GrafanaTheme2, type PanelData,
} from '@grafana/data';
import { PrometheusDatasource } from '@grafana/prometheus';
import {
  config, setAppEvents, setBackendSrv, setDataSourceSrv, setEchoSrv, setPluginImportUtils, setRunRequest, setTemplateSrv,
} from '@grafana/runtime';
import { sceneGraph, type SceneObject } from '@grafana/scenes';
import { Backend } from './backend';
import { plugins } from './plugins';
import { complain } from './told';

/** Those of services of which only what is needed here is there. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- Grafana's own types ask for the whole
type Partly = any;

const UID = 'prom';

export function setUp(prometheus: string, dark: boolean, scrapeSeconds: number): GrafanaTheme2 {
  const theme = createTheme({ colors: { mode: dark ? 'dark' : 'light' } });
  const user = { orgRole: 'Viewer', timezone: 'utc' };
  Object.assign(config, { theme2: theme, theme: theme.v1, bootData: { user, settings: {}, navTree: [] } });
  const settings = settingsOf(scrapeSeconds);
  config.datasources = { [UID]: settings };
  config.defaultDatasource = UID;
  setAppEvents(new EventBusSrv());
  setEchoSrv({ addEvent() {}, addBackend() {}, flush() {} } as Partly);
  setBackendSrv(new Backend(prometheus, scrapeSeconds * 1000) as Partly);
  setRunRequest(runRequest as Partly);
  setTemplateSrv(templates() as Partly);
  setDataSourceSrv(sources(settings) as Partly);
  setPluginImportUtils({
    getPanelPluginFromCache: (id) => plugins[id],
    importPanelPlugin: async (id) => plugins[id] ?? missing(`panel plugin ${id}`),
  });
  return theme;
}

function missing(what: string): never {
  complain(`no ${what}`);
  throw new Error(`no ${what}`);
}

function settingsOf(scrapeSeconds: number): Partly {
  const info = { logos: { small: '', large: '' }, author: { name: '' }, description: '', links: [], screenshots: [], updated: '', version: '' };
  const meta = { id: 'prometheus', name: 'Prometheus', type: PluginType.datasource, module: '', baseUrl: '', metrics: true, annotations: true, info };
  const jsonData = { timeInterval: `${scrapeSeconds}s`, httpMethod: 'POST', disableRecordingRules: true };
  return { id: 1, uid: UID, type: 'prometheus', name: UID, access: 'proxy', isDefault: true, readOnly: true, url: '/api/datasources/proxy/1', jsonData, meta };
}

type Scoped = { __sceneObject?: { value?: { valueOf(): SceneObject } } };

function contextOf(scoped?: Scoped): SceneObject | undefined {
  return scoped?.__sceneObject?.value?.valueOf() ?? (window.__grafanaSceneContext as SceneObject | undefined);
}

function templates(): Partly {
  return {
    getVariables: () => [],
    containsTemplate: (text?: string) => Boolean(text?.includes('$')),
    updateTimeRange() {},
    replace: (text?: string, scoped?: Partly, format?: Partly) => {
      const context = contextOf(scoped);
      return context ? sceneGraph.interpolate(context, text, scoped, format) : (text ?? '');
    },
  };
}

function sources(settings: Partly): Partly {
  let known: Partly;
  const found = (ref: Partly, scoped?: Scoped) => {
    let uid: string | undefined = typeof ref === 'string' ? ref : ref?.uid;
    const context = contextOf(scoped);
    if (uid?.includes('$') && context) {
      uid = sceneGraph.interpolate(context, uid, scoped as Partly);
    }
    return !uid || [UID, 'default', 'prometheus'].includes(uid) ? settings : missing(`data source ${uid}`);
  };
  return {
    get: async (ref: Partly, scoped: Scoped) => {
      found(ref, scoped);
      known ??= Object.assign(new PrometheusDatasource(settings), { meta: settings.meta, uid: UID, name: UID });
      return known;
    },
    getList: (filter?: { pluginId?: string }) => (!filter?.pluginId || filter.pluginId === 'prometheus' ? [settings] : []),
    getInstanceSettings: (ref: Partly, scoped?: Scoped) => ({ ...found(ref, scoped), rawRef: undefined }),
    reload: async () => {},
    registerRuntimeDataSource() {},
  };
}

/** As public/app/features/query/state/runRequest.ts. */
function runRequest(source: DataSourceApi, request: DataQueryRequest, ask?: Partly): Observable<PanelData> {
  const base: PanelData = { state: LoadingState.Loading, series: [], timeRange: request.range, request };
  if (!request.targets.length) {
    return of({ ...base, state: LoadingState.Done });
  }
  const answers = from((ask ?? source.query.bind(source))(request)) as Observable<DataQueryResponse>;
  return answers.pipe(
    map((answer) => panelData(base, answer)),
    catchError((error) => {
      complain(String(error?.message ?? error));
      return of({ ...base, state: LoadingState.Error, error: { message: String(error?.message ?? error) } });
    })
  );
}

function panelData(base: PanelData, answer: DataQueryResponse): PanelData {
  const frames = (answer.data ?? []).map((each: Partly): DataFrame => (isDataFrame(each) || !each.fields ? each : toDataFrame(each)));
  const error = answer.errors?.[0];
  if (error) {
    complain(error.message ?? JSON.stringify(error));
  }
  const marks = (frame: DataFrame) => frame.meta?.dataTopic === DataTopic.Annotations;
  const series = frames.filter((frame) => !marks(frame));
  return { ...base, state: error ? LoadingState.Error : LoadingState.Done, series, annotations: frames.filter(marks), errors: answer.errors };
}
