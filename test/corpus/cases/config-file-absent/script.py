import yaml

yaml.safe_load(open('configs/ppyoloe/ppyoloe_crn_s_300e_coco.yml'))
