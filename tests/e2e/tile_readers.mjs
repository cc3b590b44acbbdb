// Reads a tile with @mapbox/vector-tile and holds it against what went in: layers, ids, properties with their types, geometry within the grid's
// error, and rings as MVT 2.1 wants them (wound, closed, no point twice, holes inside their outer ring's box).
import { readFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import { VectorTile, classifyRings } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';

const [tileFile, truthFile] = process.argv.slice(2);
const tile = new VectorTile(new PbfReader(readFileSync(tileFile)));
const truth = JSON.parse(readFileSync(truthFile, 'utf8'));
const place = { x: 27406, y: 13268, z: 15 };
const unitLon = 360 / 2 ** place.z / 4096;              // degrees of longitude in a unit; of latitude it is less
const kinds = { Point: 1, LineString: 2, Polygon: 3 };

assert.deepEqual(Object.keys(tile.layers).sort(), ['asset', 'building', 'road']);
for (const name of Object.keys(tile.layers)) {
  assert.equal(tile.layers[name].version, 2);
  assert.equal(tile.layers[name].extent, 4096);
  assert.equal(tile.layers[name].length, truth.filter((t) => t.layer === name).length);
}

const area2 = (ring) => ring.reduce((sum, p, i) => {
  const q = ring[(i + 1) % ring.length];
  return sum + p.x * q.y - q.x * p.y;
}, 0);

function holdRings(feature) {
  const rings = feature.loadGeometry();
  for (const ring of rings) {
    const first = ring[0], last = ring[ring.length - 1];
    assert.ok(ring.length >= 4 && first.x === last.x && first.y === last.y, 'a ring is closed');
    const seen = new Set(ring.slice(1).map((p) => `${p.x} ${p.y}`));
    assert.equal(seen.size, ring.length - 1, 'no point is there twice');
    assert.notEqual(area2(ring), 0);
  }
  assert.ok(area2(rings[0]) > 0, 'the first ring is an outer one');
  for (const [outer, ...holes] of classifyRings(rings)) {
    const [xs, ys] = [outer.map((p) => p.x), outer.map((p) => p.y)];
    for (const hole of holes) {
      assert.ok(area2(hole) < 0);
      for (const p of hole)
        assert.ok(p.x >= Math.min(...xs) && p.x <= Math.max(...xs) && p.y >= Math.min(...ys) && p.y <= Math.max(...ys));
    }
  }
  return rings.length;
}

const flat = (c) => (typeof c[0] === 'number' ? [c] : c.flatMap(flat));
function box(geometry) {
  const points = flat(geometry.coordinates);
  const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

const nth = {};
for (const t of truth) {
  const i = nth[t.layer] = (nth[t.layer] ?? -1) + 1;
  const feature = tile.layers[t.layer].feature(i);
  assert.equal(feature.id, t.id);
  assert.equal(feature.type, kinds[t.geometry.type]);
  assert.deepEqual({ ...feature.properties }, t.properties);
  if (feature.type === 3)
    assert.equal(holdRings(feature), t.geometry.coordinates.length);
  const read = feature.toGeoJSON(place.x, place.y, place.z);
  assert.equal(read.geometry.type, t.geometry.type);
  const [a, b] = [box(read.geometry), box(t.geometry)];
  a.forEach((v, k) => assert.ok(Math.abs(v - b[k]) < 0.6 * unitLon, `${t.layer} ${t.id}: ${a} is not ${b}`));
}
console.log(`${truth.length} features read by @mapbox/vector-tile as they went in`);
