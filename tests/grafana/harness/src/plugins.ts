/** Panel plugins: the components of `panels/` with the defaults that Grafana's own have. */
import type { ComponentType } from 'react';
import { PanelPlugin, PluginType, type PanelProps } from '@grafana/data';
import { defaultOptions as barDefaults } from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import { defaultOptions as statDefaults } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import {
  defaultFieldConfig as timelineFields, defaultOptions as timelineDefaults,
} from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import { defaultOptions as tableDefaults } from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import { Bands } from './panels/bands';
import { Lines } from './panels/lines';
import { Rows } from './panels/rows';
import { Bars, Tiles } from './panels/values';
import { Words } from './panels/words';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- options and fields of all kinds of panels
type Any = any;
type Defaults = Record<string, Any>;

const SHOWN = { tooltip: false, viz: false, legend: false };

const LINE_FIELDS: Defaults = {
  drawStyle: 'line', lineInterpolation: 'linear', lineWidth: 1, fillOpacity: 0, gradientMode: 'none', barAlignment: 0, barWidthFactor: 0.6,
  barMaxWidth: undefined, showPoints: 'auto', pointSize: 5, spanNulls: false, insertNulls: false, showValues: false,
  stacking: { mode: 'none', group: 'A' }, axisPlacement: 'auto', axisLabel: '', axisColorMode: 'text', axisBorderShow: false,
  axisCenteredZero: false, axisGridShow: undefined, axisSoftMin: undefined, axisSoftMax: undefined, axisWidth: undefined,
  scaleDistribution: { type: 'linear' }, hideFrom: SHOWN, thresholdsStyle: { mode: 'off' }, lineStyle: undefined, fillBelowTo: undefined,
  transform: undefined, lineColor: undefined, fillColor: undefined, pointColor: undefined,
};
const TABLE_FIELDS: Defaults = {
  align: 'auto', inspect: false, width: undefined, minWidth: undefined, cellOptions: { type: 'auto' }, hidden: undefined,
  hideFrom: undefined, filterable: undefined, wrapText: undefined, wrapHeaderText: undefined, footer: { reducers: [] },
};
const LINE_DEFAULTS: Defaults = {
  legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
  tooltip: { mode: 'single', sort: 'none' },
};
const REDUCED: Defaults = { reduceOptions: { values: false, calcs: ['lastNotNull'], fields: '' }, orientation: 'auto' };

function plugin(id: string, component: ComponentType<PanelProps<Any>>, options: Defaults, fields: Defaults = {}, color = 'thresholds'): PanelPlugin<Any> {
  const made = new PanelPlugin<Any>(component);
  made.meta = { id, name: id, type: PluginType.panel, module: '', baseUrl: '', sort: 1, info: { version: '13.1.1', logos: { small: '', large: '' } } } as Any;
  const nobody = { editor: () => null, override: () => null };
  made.useFieldConfig({
    standardOptions: { color: { defaultValue: { mode: color } } } as Any,
    useCustomConfig: (builder) => {
      for (const [path, defaultValue] of Object.entries(fields)) {
        builder.addCustomEditor({ id: path, path, name: path, ...nobody, process: (value: Any) => value, shouldApply: () => true, defaultValue } as Any);
      }
    },
  });
  made.setPanelOptions((builder) => {
    for (const [path, defaultValue] of Object.entries(options)) {
      builder.addCustomEditor({ id: path, path, name: path, editor: () => null, defaultValue } as Any);
    }
  });
  return made;
}

export const plugins: Record<string, PanelPlugin<Any>> = {
  timeseries: plugin('timeseries', Lines, LINE_DEFAULTS, LINE_FIELDS, 'palette-classic'),
  stat: plugin('stat', Tiles, { ...statDefaults, ...REDUCED }),
  bargauge: plugin('bargauge', Bars, { ...barDefaults, ...REDUCED }),
  table: plugin('table', Rows, { ...tableDefaults }, TABLE_FIELDS),
  'state-timeline': plugin('state-timeline', Bands, { ...timelineDefaults }, { ...timelineFields, hideFrom: undefined }),
  text: plugin('text', Words, { mode: 'markdown', content: '' }),
};
