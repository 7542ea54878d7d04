import unittest

from words import count


class Count(unittest.TestCase):
    def test_counts_whatever_the_case(self):
        self.assertEqual(count("One two, one.")["one"], 2)

    def test_of_nothing_is_empty(self):
        self.assertEqual(count(""), {})


if __name__ == "__main__":
    unittest.main()
