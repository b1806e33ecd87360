import argparse

parser = argparse.ArgumentParser()
parser.add_argument('--epochs', type=int, required=True)
parser.parse_args()
