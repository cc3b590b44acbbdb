// map_style.mjs - how each noun is drawn, and what the legend says of it: one table, from which both are made.
import { icon, icon_name } from './map_icons.mjs';

const grey = '#7b8783';
const classes = {
  new: '#d7263d', enlarged: '#ee6c1a', heightened: '#9b2fae', rebuilt: '#b3125a', infilled: '#c98a00', merged: '#8d6e63', split: '#8d6e63',
  reshaped: '#a3830f', gone: '#1f6fb2', reduced: '#3d96d6', lowered: '#62b0e3', shifted: grey, same: '#a9b3b0', capture_rule: '#a9b3b0', unknown: grey,
};
const groups = (table) => Object.fromEntries(Object.entries(table).flatMap(([color, codes]) => codes.split(' ').map((code) => [code, color])));
const case_states = groups({
  '#c98a00': 'reported verifying pending_register', '#d9481c': 'registered dispatched returned handling fast_handling rework', '#7a62b8': 'suspended deferred',
  '#1f6fb2': 'handled checking check_passed', '#2b8a4e': 'closed forced_closed', '#7b8783': 'not_accepted cancelled merged',
});
const lead_states = groups({
  '#8a7a33': 'draft approved', '#c98a00': 'sent received', '#d9481c': 'accepted in_progress', '#7a62b8': 'incomplete returned forwarded disputed',
  '#1f6fb2': 'feedback', '#2b8a4e': 'closed', '#7b8783': 'recalled discarded',
});
const finding_states = { reported: '#c98a00', verified: '#d9481c', dismissed: grey, duplicate: grey };
const zones = {
  farmland: '#6d9c2d', redline: '#b3322a', road_setback: '#6d7673', river_setback: '#2f86c1', heritage: '#94541f', green: '#2a7a3a', school: '#7d43a3', other: '#5b7480',
};
const standings = { lawful: '#8aa09b', unverified: '#d9a11c', illegal: '#d7263d', gone: '#b3bdba' };

// by: the property that decides about the colour; on: shown before anybody chose. What comes first lies below.
const looks = {
  area: { how: 'border', color: '#6f817c', on: true, label: 'name', minzoom: 0 },
  zone: { how: 'fill', by: 'kind', colors: zones, opacity: 0.16, on: true },
  cell: { how: 'border', color: '#9fb0ab', on: true, label: 'code', minzoom: 12, thin: true },
  survey: { how: 'border', color: '#4b5f9e', on: false },
  permit: { how: 'fill', color: '#3453c9', opacity: 0.1, dashed: true, on: false, minzoom: 13 },
  building: { how: 'fill', by: 'standing', colors: standings, opacity: 0.55, on: true, minzoom: 13 },
  change: { how: 'fill', by: 'class', colors: classes, opacity: 0.7, on: true, dots: true },
  billboard: { how: 'sign', color: '#6a4fb3', on: false }, shop_sign: { how: 'sign', color: '#3f7f93', on: false },
  collection_point: { how: 'sign', color: '#3c7a3a', on: true }, recycling_point: { how: 'sign', color: '#15805f', on: true },
  transfer_station: { how: 'sign', color: '#2f6b8f', on: true }, public_toilet: { how: 'sign', color: '#2b62b5', on: true },
  waste_dump: { how: 'sign', color: '#7a5230', on: true }, construction_site: { how: 'sign', color: '#b36a00', on: true },
  finding: { how: 'sign', by: 'state', colors: finding_states, on: true, first: true },
  case: { how: 'sign', by: 'state', colors: case_states, on: true, first: true },
  lead: { how: 'sign', by: 'state', colors: lead_states, on: false, first: true },
};
const order = Object.keys(looks);

// A register that a district made up itself is drawn by its geometry.
export function look_of(layer) {
  return looks[layer.key] ?? { how: layer.geometry === 'area' ? 'fill' : 'sign', color: '#4f6bb0', opacity: 0.3, on: false };
}
export function in_order(layers) {
  const place = (l) => (order.indexOf(l.key) + order.length + 1) % (order.length + 1);
  return [...layers].sort((a, b) => place(a) - place(b));
}

const color_of = (look) => (look.by ? ['match', ['get', look.by], ...Object.entries(look.colors).flat(), grey] : look.color);
const is_area = ['==', ['geometry-type'], 'Polygon'];
const font = ['system-ui', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'sans-serif'];

function label(look, id, base, ink) {
  return { ...base, id: `${id}:label`, type: 'symbol', minzoom: look.thin ? 16 : 10,
    layout: { 'text-field': look.label === 'code' ? ['slice', ['get', 'code'], -4] : ['coalesce', ['get', look.label], ''], 'text-font': font,
      'text-size': look.thin ? 11 : 13, 'symbol-placement': 'point' },
    paint: { 'text-color': ink.soft, 'text-halo-color': ink.ground, 'text-halo-width': 1.6 } };
}

function border(look, id, base, ink) {
  const line = { ...base, id: `${id}:line`, type: 'line', paint: { 'line-color': look.thin ? ink.cell : look.color, 'line-width': look.thin ? 0.8 : 1.6 } };
  const fill = { ...base, id: `${id}:fill`, type: 'fill', paint: { 'fill-color': look.color, 'fill-opacity': 0 } };      // to be clicked at
  if (!look.thin)
    line.paint['line-dasharray'] = [4, 2];
  return [fill, line, ...(look.label ? [label(look, id, base, ink)] : [])];
}

// Sure changes stand out, doubtful ones are pale.
const opacity_of = (look) => (look.dots ? ['interpolate', ['linear'], ['coalesce', ['to-number', ['get', 'confidence']], 0.6], 0.3, 0.25, 1, look.opacity] : look.opacity);

function fill(look, id, base, ink) {
  const parts = [
    { ...base, id: `${id}:fill`, type: 'fill', filter: is_area, paint: { 'fill-color': color_of(look), 'fill-opacity': opacity_of(look) } },
    { ...base, id: `${id}:line`, type: 'line', filter: is_area, paint: { 'line-color': color_of(look), 'line-width': look.dots ? 1.8 : 1, ...(look.dashed ? { 'line-dasharray': [3, 2] } : {}) } },
  ];
  if (look.dots)
    parts.push({ ...base, id: `${id}:dot`, type: 'circle', maxzoom: 15.5,
      paint: { 'circle-color': color_of(look), 'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 1, 13, 2.4, 15, 4.5], 'circle-stroke-color': ink.ground, 'circle-stroke-width': 0.5 } });
  return parts;
}

function sign(layer, look, id, base) {
  const image = look.by ? ['match', ['get', look.by], ...Object.entries(look.colors).flatMap(([code, color]) => [code, icon_name(layer.key, color)]), icon_name(layer.key, grey)]
    : icon_name(layer.key, look.color);
  const near = look.first ? 10 : 14;
  return [
    { ...base, id: `${id}:fill`, type: 'fill', filter: is_area, paint: { 'fill-color': color_of(look), 'fill-opacity': 0.22 } },
    { ...base, id: `${id}:line`, type: 'line', filter: is_area, paint: { 'line-color': color_of(look), 'line-width': 1.6 } },
    { ...base, id: `${id}:dot`, type: 'circle', maxzoom: near,
      paint: { 'circle-color': color_of(look), 'circle-radius': look.first ? 4 : 2.8, 'circle-stroke-color': '#fff', 'circle-stroke-width': look.first ? 1 : 0.4 } },
    { ...base, id: `${id}:sign`, type: 'symbol', minzoom: near, layout: { 'icon-image': image, 'icon-size': look.first ? 0.5 : 0.44, 'icon-allow-overlap': true, 'icon-padding': 0 } },
  ];
}

export function layers_of(layer, ink) {
  const look = look_of(layer), base = { source: layer.key, 'source-layer': layer.key, minzoom: look.minzoom ?? 0 };
  const made = look.how === 'border' ? border(look, layer.key, base, ink) : look.how === 'fill' ? fill(look, layer.key, base, ink) : sign(layer, look, layer.key, base);
  return made.map((l) => ({ ...l, metadata: { key: layer.key, own: l.filter ?? null } }));
}

export function add_icons(map, layers) {
  for (const layer of layers) {
    const look = look_of(layer);
    if (look.how !== 'sign')
      continue;
    for (const color of new Set([grey, ...(look.by ? Object.values(look.colors) : [look.color])]))
      if (!map.hasImage(icon_name(layer.key, color)))
        map.addImage(icon_name(layer.key, color), icon(layer.key, color), { pixelRatio: 1 });
  }
}

// [{ color, titles }] of what is told by colour; [] for what has one.
export function legend_of(layer) {
  const look = look_of(layer), property = layer.properties.find((p) => p.name === look.by), rows = new Map();
  for (const { code, title } of property?.codes ?? []) {
    const color = look.colors[code] ?? grey;
    rows.set(color, [...(rows.get(color) ?? []), title]);
  }
  return [...rows].map(([color, titles]) => ({ color, titles }));
}
export { font };
