"""An alert whole, and a delivery whole."""

from __future__ import annotations

from news.one_thing import AlertDetails, WholeAlert, WholeDelivery
from storage.asking.alert_log import get_alert_record
from storage.asking.attempts import detail_deliveries, detail_delivery
from storage.asking.whole_articles import get_article
from storage.file.database import Database


def get_alert(db: Database, alert_id: str) -> WholeAlert:
    """The alert of that id, which must be there."""
    record = get_alert_record(db, alert_id)
    article = None if record.article_id is None else get_article(db, record.article_id)
    return WholeAlert(AlertDetails(record, detail_deliveries(db, record)), article)


def get_delivery(db: Database, delivery_id: str) -> WholeDelivery:
    """The delivery of that id, which must be there."""
    row = db.conn.execute("SELECT alert_id FROM deliveries WHERE id = ?", (delivery_id,)).fetchone()
    alert = get_alert_record(db, row["alert_id"])
    (record,) = [one for one in alert.deliveries if one.delivery_id == delivery_id]
    return WholeDelivery(detail_delivery(db, record), alert)
