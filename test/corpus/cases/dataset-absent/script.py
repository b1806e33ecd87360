import json

json.load(open('/data/coco/annotations/instances_train2017.json'))
