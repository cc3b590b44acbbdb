// map.mjs - the map of the first page: draws the layers, and keeps map, panel and address at one.
import * as maplibre from './maplibre-gl.mjs';
import { facts, home, learn, room, say, lang, read_state, write_state, expression_of, fetch_json, layer_called, element } from './map_data.mjs';
import { layers_of, add_icons, in_order, look_of, font } from './map_style.mjs';
import { make_panel } from './map_panel.mjs';
import { make_record } from './map_record.mjs';

const dark = matchMedia('(prefers-color-scheme: dark)').matches;
const ink = dark ? { ground: '#141b1a', soft: '#b4c2be', line: '#232d2b', cell: '#3b4946' } : { ground: '#eff3f1', soft: '#4a5955', line: '#d9e2df', cell: '#a3b3ae' };
const TILES_TO_ZOOM = 16, NOWHERE = [0, 0, 1e-9, 1e-9];

export const state = { ...read_state(), map: null };
const none = { type: 'FeatureCollection', features: [] };

// --- Drawing ------------------------------------------------------------------------------------------------------------------

// Lines of longitude and latitude, so that a map without a ground has one.
function graticule(map) {
  const b = map.getBounds(), wide = b.getEast() - b.getWest(), step = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30].find((s) => wide / s < 9) ?? 30;
  const lines = [], digits = Math.max(0, -Math.floor(Math.log10(step)));
  const line = (from, to, name) => lines.push({ type: 'Feature', properties: { name }, geometry: { type: 'LineString', coordinates: [from, to] } });
  for (let x = Math.floor(b.getWest() / step) * step; x <= b.getEast(); x += step)
    line([x, b.getSouth()], [x, b.getNorth()], `${x.toFixed(digits)}°`);
  for (let y = Math.floor(b.getSouth() / step) * step; y <= b.getNorth(); y += step)
    line([b.getWest(), y], [b.getEast(), y], `${y.toFixed(digits)}°`);
  return { type: 'FeatureCollection', features: lines };
}

function style() {
  const sources = { graticule: { type: 'geojson', data: none }, chosen: { type: 'geojson', data: none } };
  for (const { key, extent } of facts.layers)
    sources[key] = { type: 'vector', tiles: [`${home}/collections/${key}/tiles/WebMercatorQuad/{z}/{y}/{x}`], promoteId: 'id', maxzoom: TILES_TO_ZOOM, bounds: extent ?? NOWHERE };
  const layers = [
    { id: 'ground', type: 'background', paint: { 'background-color': ink.ground } },
    { id: 'graticule', type: 'line', source: 'graticule', paint: { 'line-color': ink.line, 'line-width': 1 } },
    { id: 'graticule:label', type: 'symbol', source: 'graticule', layout: { 'text-field': ['get', 'name'], 'text-font': font, 'text-size': 10, 'symbol-placement': 'line', 'symbol-spacing': 900 },
      paint: { 'text-color': ink.soft, 'text-opacity': 0.7 } },
  ];
  if (facts.base_map) {
    sources.base = { type: 'raster', tiles: [facts.base_map], tileSize: 256, maxzoom: 19 };
    layers.splice(1, 0, { id: 'base', type: 'raster', source: 'base', paint: { 'raster-opacity': 0.75 } });
  }
  for (const layer of in_order(facts.layers))
    layers.push(...layers_of(layer, ink).map((l) => ({ ...l, layout: { ...l.layout, visibility: 'none' } })));
  layers.push({ id: 'chosen:line', type: 'line', source: 'chosen', paint: { 'line-color': '#ffbf00', 'line-width': 4 } },
    { id: 'chosen:dot', type: 'circle', source: 'chosen', filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-radius': 17, 'circle-opacity': 0, 'circle-stroke-color': '#ffbf00', 'circle-stroke-width': 4 } });
  return { version: 8, sources, layers };
}

const drawn = (key) => state.map.getStyle().layers.filter((l) => l.metadata?.key === key);

export function show_layers() {
  for (const { key } of facts.layers) {
    const shown = state.on.includes(key), chosen = expression_of(state.filters[key]);
    for (const l of drawn(key)) {
      state.map.setLayoutProperty(l.id, 'visibility', shown ? 'visible' : 'none');
      state.map.setFilter(l.id, chosen && l.metadata.own ? ['all', l.metadata.own, chosen] : chosen ?? l.metadata.own);
    }
  }
  keep();
}

export function keep() {
  const view = state.map ? { zoom: state.map.getZoom(), center: state.map.getCenter().toArray() } : state.view;
  write_state({ ...state, view });
}

// --- Records --------------------------------------------------------------------------------------------------------------------

function box_of(geometry) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (c) => (typeof c[0] === 'number' ? [box[0] = Math.min(box[0], c[0]), box[1] = Math.min(box[1], c[1]), box[2] = Math.max(box[2], c[0]), box[3] = Math.max(box[3], c[1])] : c.forEach(walk));
  walk(geometry.coordinates);
  return box;
}

export async function open_record(key, id, { fly = false } = {}) {
  const feature = await fetch_json(`/collections/${key}/items/${encodeURIComponent(id)}?f=geojson&lang=${lang}`);
  state.record = { key, id };
  if (state.map) {
    state.map.getSource('chosen').setData(feature.geometry ? feature : none);
    if (fly && feature.geometry)
      state.map.fitBounds(box_of(feature.geometry), { padding: 90, maxZoom: 18, animate: !matchMedia('(prefers-reduced-motion: reduce)').matches });
  }
  keep();
  state.drawer.show(layer_called(key), feature);
}

export function close_record() {
  state.record = null;
  state.map?.getSource('chosen').setData(none);
  state.drawer.hide();
  keep();
}

// What lies under the pointer: what was drawn last comes first, and borders last of all.
function under(point) {
  const near = [[point.x - 5, point.y - 5], [point.x + 5, point.y + 5]];
  const found = state.map.queryRenderedFeatures(near).filter((f) => f.layer.metadata?.key);
  return found.find((f) => look_of(layer_called(f.layer.metadata.key)).how !== 'border') ?? found[0];
}

function listen(map) {
  map.on('click', (e) => {
    const f = under(e.point);
    const id = f?.properties.id ?? f?.id;
    if (id)
      open_record(f.layer.metadata.key, id).catch((error) => state.panel.tell(error.message));
    else
      close_record();
  });
  map.on('mousemove', (e) => { map.getCanvas().classList.toggle('over', under(e.point) !== undefined); });
  map.on('moveend', () => {
    map.getSource('graticule').setData(graticule(map));
    keep();
    state.panel.moved();
  });
}

// --- Beginning --------------------------------------------------------------------------------------------------------------------

function make_map() {
  maplibre.setWorkerUrl(new URL('./maplibre-gl-worker.mjs', import.meta.url).href);
  const place = state.view ?? (facts.extent ? { bounds: facts.extent, fitBoundsOptions: { padding: 30 } } : { center: [105, 35], zoom: 3 });
  const map = new maplibre.Map({ container: 'map', style: style(), ...place, attributionControl: false, dragRotate: false, pitchWithRotate: false, maxZoom: 21,
    locale: { 'NavigationControl.ZoomIn': say('zoom_in'), 'NavigationControl.ZoomOut': say('zoom_out'),
      'Map.Title': say('map') } });
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), 'top-right');
  map.addControl(new maplibre.ScaleControl({ unit: 'metric' }), 'bottom-left');
  return new Promise((resolve) => map.once('load', () => resolve(map)));
}

function can_draw() {
  const canvas = document.createElement('canvas');
  return Boolean(canvas.getContext('webgl2') ?? canvas.getContext('webgl'));
}

async function begin() {
  await learn();
  room.hidden = false;
  state.on ??= facts.layers.filter((l) => look_of(l).on).map((l) => l.key);
  state.on = state.on.filter((key) => layer_called(key));
  state.drawer = make_record();
  state.panel = make_panel();
  if (can_draw()) {
    state.map = await make_map();
    add_icons(state.map, facts.layers);
    listen(state.map);
    state.map.getSource('graticule').setData(graticule(state.map));
    show_layers();
  } else
    document.getElementById('map').append(element('p', { class: 'problem' }, say('no_webgl')));
  state.panel.moved();
  if (state.record)
    await open_record(state.record.key, state.record.id).catch((e) => state.panel.tell(e.message));
  room.dataset.ready = 'yes';
  globalThis.gridpatrol = { state };             // for tests
}

addEventListener('hashchange', () => location.reload());     // another address was pasted; our own changes do not come by here
begin().catch((e) => {
  room.hidden = false;
  room.replaceChildren(element('p', { class: 'problem', role: 'alert' }, e.message));
});
