# qgis_read.py URL [COLLECTION ...] - reads layers as QGIS does and prints a line each: key, CRS, how many features, how many of them have a
# place, fields. QGIS_TOKEN: who asks (the password of Basic).
import os, sys
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsVectorLayer

QgsApplication.setPrefixPath("/usr", True)
app = QgsApplication([], False)
app.initQgis()
source = f"url='{sys.argv[1]}' pageSize='1000'"
token = os.environ.get("QGIS_TOKEN")
if token:
    manager = QgsApplication.authManager()
    manager.setMasterPassword("for this run alone", True)
    account = QgsAuthMethodConfig()
    account.setName("token")
    account.setMethod("Basic")
    account.setConfig("username", "x")
    account.setConfig("password", token)
    manager.storeAuthenticationConfig(account)
    source += f" authcfg={account.id()}"
for key in sys.argv[2:]:
    layer = QgsVectorLayer(f"{source} typename='{key}'", key, "OAPIF")
    if not layer.isValid():
        print(key, "is not read", flush=True)
        continue
    features = list(layer.getFeatures())
    ids = {f["id"] if "id" in f.fields().names() else f.id() for f in features}
    placed = sum(1 for f in features if f.hasGeometry() and f.geometry().isGeosValid())
    print(key, layer.crs().authid() or "-", len(features), len(ids), placed, ",".join(f"{f.name()}:{f.typeName()}" for f in layer.fields()), flush=True)
os._exit(0)      # QGIS 3.22 does not always find its way out
