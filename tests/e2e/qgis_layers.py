#!/usr/bin/python3
# qgis_layers.py STATION_FILE - QGIS without a window opens every registered layer of a station, by both of its providers: valid, as many
# features as there are rows, read to the last one, in EPSG:4326, and with the extent of its shapes. Prints what it saw; 1: something differs.
# Debian: python3-qgis.
import os
import sqlite3
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from qgis.core import QgsApplication, QgsDataSourceUri, QgsVectorLayer  # noqa: E402

NEAR = 3.1e-5  # degrees: both providers ask the R*Tree, whose boxes are 32-bit floats, rounded outward


def registered(file):
    db = sqlite3.connect("file:" + file + "?mode=ro", uri=True)
    tables = db.execute("SELECT f_table_name, f_geometry_column FROM geometry_columns ORDER BY 1").fetchall()
    views = db.execute("SELECT view_name, view_geometry FROM views_geometry_columns ORDER BY 1").fetchall()
    return [(name, column, db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name, column in tables + views]


def opened(file, name, column, provider):
    if provider == "ogr":
        return QgsVectorLayer(f"{file}|layername={name}", name, "ogr")
    uri = QgsDataSourceUri()
    uri.setDatabase(file)
    uri.setDataSource("", name, column)
    return QgsVectorLayer(uri.uri(), name, "spatialite")


def faults_of(layer, rows):
    if not layer.isValid():
        return ["is not valid"]
    seen = [f.geometry() for f in layer.getFeatures()]
    boxes = [g.boundingBox() for g in seen if not g.isNull()]
    faults = []
    if len(seen) != rows or layer.featureCount() != rows and boxes:  # a layer without a single shape has no statistics to count by
        faults.append(f"says {layer.featureCount()}, gives {len(seen)} of {rows} rows")
    if layer.crs().authid() != "EPSG:4326":
        faults.append("is in " + layer.crs().authid())
    if boxes:
        whole, said = boxes[0], layer.extent()
        for b in boxes[1:]:
            whole.combineExtentWith(b)
        differ = max(abs(a - b) for a, b in ((whole.xMinimum(), said.xMinimum()), (whole.yMinimum(), said.yMinimum()),
                                             (whole.xMaximum(), said.xMaximum()), (whole.yMaximum(), said.yMaximum())))
        if differ > NEAR or not said.buffered(1e-9).contains(whole):
            faults.append(f"has the extent {said.toString(9)}, its features {whole.toString(9)}")
    return faults


def main(file):
    app = QgsApplication([], False)
    app.initQgis()
    failed = False
    for name, column, rows in registered(file):
        for provider in ("ogr", "spatialite"):
            layer = opened(file, name, column, provider)
            faults = faults_of(layer, rows)
            print(name, provider, rows, "; ".join(faults) or "fine")
            failed = failed or bool(faults)
            del layer
    sys.stdout.flush()
    os._exit(1 if failed else 0)  # QGIS 3.22 may crash when Python takes it down


main(sys.argv[1])
