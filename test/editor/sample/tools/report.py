"""Sums up a file of sales, one line a sale: day, code, count, price in cents."""

import csv
import sys
from collections import defaultdict


class Sale:
    def __init__(self, day, code, count, price_cents):
        self.day = day
        self.code = code
        self.count = int(count)
        self.price_cents = int(price_cents)

    def total_cents(self):
        return self.count * self.price_cents


def read_sales(path):
    sales = []
    with open(path, newline="") as file:
        for row in csv.reader(file):
            if len(row) == 4:
                sales.append(Sale(*row))
    return sales


def total_by_day(sales):
    totals = defaultdict(int)
    for sale in sales:
        totals[sale.day] += sale.total_cents()
    return totals


def total_by_code(sales):
    totals = defaultdict(int)
    for sale in sales:
        totals[sale.code] += sale.total_cents()
    return totals


def print_totals(title, totals):
    print(title)
    for name in sorted(totals):
        print(f"  {name}: {totals[name] / 100:.2f}")


def main():
    sales = read_sales(sys.argv[1])
    print_totals("By day", total_by_day(sales))
    print_totals("By code", total_by_code(sales))


if __name__ == "__main__":
    main()
