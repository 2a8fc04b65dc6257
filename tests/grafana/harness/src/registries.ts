/** Registries that Grafana fills as it boots (public/app/app.ts); npm has their contents, but not as a list. */
import {
  booleanOverrideProcessor, fieldColorModeRegistry, fieldMatchers, fieldReducers, getValueFormats, dataLinksOverrideProcessor, displayNameOverrideProcessor, FieldConfigProperty, identityOverrideProcessor,
  numberOverrideProcessor, standardEditorsRegistry, standardFieldConfigEditorRegistry, standardTransformers, standardTransformersRegistry,
  stringOverrideProcessor, thresholdsOverrideProcessor, ThresholdsMode, unitOverrideProcessor, valueMappingsOverrideProcessor,
} from '@grafana/data';
import { told } from './told';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- editors, which nobody sees here, are missing
type Partly = any;

const EDITORS = [
  'text', 'number', 'slider', 'boolean', 'select', 'radio', 'multi-select', 'unit', 'links', 'color', 'fieldColor', 'thresholds',
  'mappings', 'stats-picker', 'strings', 'timezone', 'field-name', 'dashboard-uid', 'multi-field-name', 'fieldName',
];

const PROCESSORS: Array<[string, Partly, Partly?]> = [
  [FieldConfigProperty.Unit, unitOverrideProcessor],
  [FieldConfigProperty.Min, numberOverrideProcessor],
  [FieldConfigProperty.Max, numberOverrideProcessor],
  ['fieldMinMax', booleanOverrideProcessor],
  [FieldConfigProperty.Decimals, numberOverrideProcessor],
  [FieldConfigProperty.DisplayName, displayNameOverrideProcessor],
  [FieldConfigProperty.NoValue, stringOverrideProcessor],
  [FieldConfigProperty.Color, identityOverrideProcessor],
  [FieldConfigProperty.Thresholds, thresholdsOverrideProcessor, { mode: ThresholdsMode.Absolute, steps: [{ value: -Infinity, color: 'green' }] }],
  [FieldConfigProperty.Mappings, valueMappingsOverrideProcessor, []],
  [FieldConfigProperty.Links, dataLinksOverrideProcessor],
  [FieldConfigProperty.Filterable, booleanOverrideProcessor],
  ['description', stringOverrideProcessor],
];

/** Says which names there are, as a dashboard with a wrong one is drawn all the same. */
function tellNames(): void {
  const units = getValueFormats().flatMap((category) => (category.submenu ?? []).map((unit) => unit.value as string));
  told.known = {
    units,
    reducers: fieldReducers.list().map((each) => each.id),
    transformations: Object.values(standardTransformers as Record<string, Partly>).map((each) => each.id),
    properties: PROCESSORS.map(([id]) => id),
    colours: fieldColorModeRegistry.list().map((each) => each.id),
    matchers: fieldMatchers.list().map((each) => each.id),
  };
}

export function fillRegistries(): void {
  const byId = new Map(Object.values(standardTransformers as Record<string, Partly>).map((each) => [each.id, each]));
  standardTransformersRegistry.setInit(() =>
    [...byId.values()].map((each) => ({ id: each.id, name: each.name, transformation: async () => each, editor: () => null }) as Partly)
  );
  standardFieldConfigEditorRegistry.setInit(() => PROCESSORS.map(property) as Partly);
  standardEditorsRegistry.setInit(() => EDITORS.map((id) => ({ id, name: id, editor: () => null })) as Partly);
  tellNames();
}

function property([id, process, defaultValue]: [string, Partly, Partly?]): Partly {
  const nobody = { editor: () => null, override: () => null };
  return { id, path: id, name: id, description: '', ...nobody, process, defaultValue, shouldApply: () => true, getItemsCount: () => 0 };
}
