/** A dashboard's JSON as a scene. Grafana's own way there, transformSaveModelToScene.ts, is not on npm. */
import {
  DataSourceVariable, EmbeddedScene, QueryVariable, SceneControlsSpacer, SceneDataTransformer, SceneGridItem, SceneGridLayout,
  SceneQueryRunner, SceneRefreshPicker, SceneTimePicker, SceneTimeRange, SceneVariableSet, VariableValueSelectors, VizPanel,
  type SceneVariable,
} from '@grafana/scenes';
import { complain } from './told';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as the file has it
type Json = any;

export function sceneOf(dashboard: Json, asked: URLSearchParams): EmbeddedScene {
  const variables = dashboard.templating.list.map((each: Json) => variable(each, asked.getAll(`var-${each.name}`)));
  const controls = [
    new VariableValueSelectors({}), new SceneControlsSpacer(), new SceneTimePicker({ isOnCanvas: true }), new SceneRefreshPicker({}),
  ];
  return new EmbeddedScene({
    $timeRange: new SceneTimeRange({
      from: asked.get('from') ?? dashboard.time.from,
      to: asked.get('to') ?? dashboard.time.to,
      timeZone: dashboard.timezone,
    }),
    $variables: new SceneVariableSet({ variables }),
    controls: asked.has('kiosk') ? undefined : controls,
    body: new SceneGridLayout({ children: dashboard.panels.map(item), isLazy: false }),
  });
}

function variable(given: Json, chosen: string[]): SceneVariable {
  const asked = chosen.length > 1 || given.multi ? chosen : chosen[0];
  const value = chosen.length ? asked : given.current?.value;
  const base = { name: given.name, label: given.label, hide: given.hide };
  if (given.type === 'datasource') {
    return new DataSourceVariable({ ...base, pluginId: given.query, regex: '', value: 'prom', text: 'prom' });
  }
  if (given.type !== 'query') {
    complain(`variable ${given.name}: no type ${given.type} here`);
  }
  return new QueryVariable({
    ...base,
    isMulti: given.multi,
    includeAll: given.includeAll,
    allValue: given.allValue,
    value: value ?? '',
    text: value ?? '',
    query: given.query,
    datasource: given.datasource,
    refresh: given.refresh,
    sort: given.sort,
    regex: given.regex ?? '',
    definition: given.definition,
  });
}

function item(panel: Json): SceneGridItem {
  const { x, y, w: width, h: height } = panel.gridPos;
  if (panel.repeat || panel.type === 'row') {
    complain(`panel ${panel.title}: repeats and rows are not drawn here`);
  }
  return new SceneGridItem({ key: `grid-${panel.id}`, x, y, width, height, body: body(panel) });
}

function body(panel: Json): VizPanel {
  const queries =
    panel.targets &&
    new SceneQueryRunner({
      datasource: panel.datasource,
      queries: panel.targets,
      maxDataPoints: panel.maxDataPoints,
      minInterval: panel.interval,
    });
  return new VizPanel({
    key: `panel-${panel.id}`,
    title: panel.title,
    description: panel.description,
    pluginId: panel.type,
    options: panel.options ?? {},
    fieldConfig: panel.fieldConfig ?? { defaults: {}, overrides: [] },
    displayMode: panel.transparent ? 'transparent' : 'default',
    $data: queries && new SceneDataTransformer({ $data: queries, transformations: panel.transformations ?? [] }),
  });
}
